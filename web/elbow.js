// The engine in a worker: a model file and a table of text go in, scores come out. The page makes a worker of this
// function's text, as a page from a folder may load no worker from a file; tests call it with a scope of their own.
'use strict'

function elbowWorker(scope) {
  const CHUNK = 512 // rows between two messages
  const LEAST = 25 // frames that are told one by one
  let wasm, model, about, frames

  const say = (type, more, transfer) => scope.postMessage({ type, ...more }, transfer || [])
  const bytesAt = (at, length) => new Uint8Array(wasm.memory.buffer, at, length)
  const floatsAt = (at, length) => new Float32Array(wasm.memory.buffer, at, length)
  const text = () => new TextDecoder().decode(bytesAt(wasm.text(model), wasm.text_length(model)))

  // Calls `work` with places for these many numbers each.
  function withRoom(sizes, work) {
    const places = sizes.map((size) => wasm.reserve(size))
    try {
      return work(...places)
    } finally {
      places.forEach((at, n) => wasm.release(at, sizes[n]))
    }
  }

  function openModel(bytes) {
    const length = Math.ceil(bytes.length / 4)
    if (model !== undefined) wasm.close(model)
    about = frames = undefined
    model = withRoom([length], (at) => {
      bytesAt(at, bytes.length).set(bytes)
      return wasm.open(at, bytes.length)
    })
    if (!wasm.is_model(model)) throw new Error(text())
    about = described(text())
    return about
  }

  // Lines of a word and what it stands for, tabs between; of a column its words behind its name.
  function described(lines) {
    const found = { columns: [], reading: {} }
    for (const line of lines.split('\n')) {
      const [word, ...is] = line.split('\t')
      if (word === 'column') found.columns.push({ name: is[0], words: is.slice(1) })
      else if (word === 'reading') found.reading[is[0]] = is.slice(1)
      else if (word) found[word] = is[0]
    }
    for (const word of ['members', 'dims', 'window', 'hop', 'samples', 'latent dims', 'rows', 'threshold', 'false alarm']) {
      if (word in found) found[word] = Number(found[word])
    }
    return found
  }

  // Records of a text: cells between delimiters, quoted where a delimiter, a quote or a newline is in them.
  function* records(all, delimiter) {
    let at = 0
    while (at < all.length) {
      let end = all.indexOf('\n', at)
      if (end < 0) end = all.length
      const line = all.slice(at, all[end - 1] === '\r' ? end - 1 : end)
      if (!line.includes('"')) {
        at = end + 1
        if (line.trim() !== '') yield line.split(delimiter)
        continue
      }
      const cells = []
      let cell = '', isQuoted = false
      for (; at < all.length; at++) {
        const character = all[at]
        if (isQuoted) {
          if (character !== '"') cell += character
          else if (all[at + 1] === '"') cell += all[at++]
          else isQuoted = false
        } else if (character === '"') isQuoted = true
        else if (character === delimiter) cells.push(cell), (cell = '')
        else if (character === '\n') break
        else if (character !== '\r') cell += character
      }
      at++
      yield [...cells, cell]
    }
  }

  const delimiterOf = (line) =>
    ['\t', ';', ','].reduce((best, next) => (line.split(next).length > line.split(best).length ? next : best), ',')

  const MISSING = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', 'nil', '-', '--', '?', '#n/a', '<na>', 'nat'])

  // Frames of a table: rows of the model's columns, joined to windows. A window never goes over a row without numbers.
  function read(all) {
    all = all.replace(/^\ufeff/, '')
    const delimiter = delimiterOf(all.slice(0, (all + '\n').indexOf('\n')))
    const rows = records(all, delimiter)
    const { value: first, done } = rows.next()
    if (done) throw new Error('the table is empty')
    const names = first.map((name) => name.trim())
    let places = about.columns.map(({ name }) => names.indexOf(name))
    const hasHeader = places.every((place) => place >= 0)
    if (!hasHeader) {
      const isNumber = (cell) => cell.trim() !== '' && Number.isFinite(Number(cell))
      const absent = about.columns.filter((_, n) => places[n] < 0).map(({ name }) => name)
      if (names.length !== about.columns.length || !names.every(isNumber)) {
        throw new Error(`the table has no column ${absent.slice(0, 5).join(', ')}, which the model reads`)
      }
      places = names.map((_, n) => n)
    }
    const isComma = delimiter === ';'
    const codes = about.columns.map(({ words }) => words.length > 0 && new Map(words.map((word, n) => [word, n])))
    // a window lies within one label
    const named = about.reading.labels?.[0]
    const label = names.findIndex((name) => (named === undefined ? name.toLowerCase() === 'label' : name === named))
    const cells = [], sources = [], labels = []
    let row = 0, missing = 0
    const take = (record) => {
      const found = places.map((place, n) => {
        const cell = (record[place] ?? '').trim()
        if (codes[n]) return codes[n].has(cell) ? String(codes[n].get(cell)) : ''
        return isComma ? cell.replace(',', '.') : cell
      })
      if (found.some((cell) => MISSING.has(cell.toLowerCase()))) missing++
      else cells.push(found.join('\n') + '\n'), sources.push(row), labels.push(hasHeader && record[label]?.trim())
      row++
    }
    if (!hasHeader) take(first)
    for (const record of rows) take(record)
    const values = numbers(cells)
    return { ...windows(values, sources, labels), rows: row, missing }
  }

  // Text to numbers, by the engine: each is the nearest f32, as in every other reader of the project.
  function numbers(cells) {
    const width = about.columns.length
    const values = new Float32Array(cells.length * width)
    for (let at = 0; at < cells.length; at += CHUNK) {
      const bytes = new TextEncoder().encode(cells.slice(at, at + CHUNK).join(''))
      const count = Math.min(CHUNK, cells.length - at) * width
      withRoom([Math.ceil(bytes.length / 4) || 1, count], (from, to) => {
        bytesAt(from, bytes.length).set(bytes)
        wasm.numbers(from, bytes.length, to)
        values.set(floatsAt(to, count), at * width)
      })
    }
    return values
  }

  function windows(values, sources, labels) {
    const { window, hop, dims } = about
    const width = about.columns.length
    if (window === 1 && hop === 1) return { values, sources: Uint32Array.from(sources) }
    // where rows that follow one another begin and end
    const starts = []
    for (let begin = 0, at = 1; at <= sources.length; at++) {
      const follows = sources[at] === sources[at - 1] + 1 && labels[at] === labels[at - 1]
      if (at < sources.length && follows) continue
      for (let start = begin; start + window <= at; start += hop) starts.push(start)
      begin = at
    }
    const joined = new Float32Array(starts.length * dims)
    starts.forEach((start, n) => joined.set(values.subarray(start * width, (start + window) * width), n * dims))
    return { values: joined, sources: Uint32Array.from(starts, (start) => sources[start]) }
  }

  // Scores all frames, some at a time: the worker hears of a new table between two chunks.
  async function score(all, turn) {
    const table = read(all)
    const { dims, samples } = about
    const count = table.sources.length
    const told = { scores: new Float32Array(count), p: new Float32Array(count), anomalous: new Uint8Array(count) }
    let refused = 0
    frames = table
    for (let at = 0; at < count; at += CHUNK) {
      const part = Math.min(CHUNK, count - at)
      withRoom([part * dims, part * 6], (from, to) => {
        floatsAt(from, part * dims).set(table.values.subarray(at * dims, (at + part) * dims))
        wasm.score(model, from, part, samples, to)
        const found = floatsAt(to, part * 6)
        for (let n = 0; n < part; n++) {
          const [isScored, logDensity, p, isAnomalous] = found.subarray(6 * n, 6 * n + 4)
          told.scores[at + n] = logDensity
          told.p[at + n] = p
          told.anomalous[at + n] = isAnomalous === 1 ? 1 : 0
          refused += isScored === 1 ? 0 : 1
        }
      })
      say('progress', { done: at + part, count })
      await new Promise((resume) => setTimeout(resume, 0))
      if (turn !== latest) return
    }
    const sources = table.sources.slice()
    const least = lowest(told.scores), ranges = rangesOf(table.values)
    const notes = { rows: table.rows, missing: table.missing, refused, count }
    say('scores', { ...told, sources, least, ranges, notes }, [told.scores, told.p, told.anomalous, sources].map((a) => a.buffer))
  }

  // From the lowest to the highest of each column.
  function rangesOf(values) {
    const width = about.columns.length
    const ranges = about.columns.map(() => [Infinity, -Infinity])
    values.forEach((value, n) => {
      const range = ranges[n % width]
      if (value < range[0]) range[0] = value
      if (value > range[1]) range[1] = value
    })
    return ranges
  }

  // The frames of the lowest scores, the lowest first.
  function lowest(scores) {
    const found = []
    scores.forEach((score, index) => {
      if (found.length === LEAST && !(score < scores[found[LEAST - 1]])) return
      const place = found.findIndex((other) => score < scores[other])
      found.splice(place < 0 ? found.length : place, 0, index)
      found.length = Math.min(found.length, LEAST)
    })
    return found
  }

  function frameAt(index) {
    const { dims, samples } = about
    const latents = about['latent dims']
    const frame = frames.values.slice(index * dims, (index + 1) * dims)
    return withRoom([dims, 2 * dims, Math.max(latents, 1)], (from, to, z) => {
      floatsAt(from, dims).set(frame)
      if (!wasm.explain(model, from, samples, to)) throw new Error(text())
      const expected = floatsAt(to, dims).slice(), surprises = floatsAt(to + 4 * dims, dims).slice()
      const latent = latents > 0 && wasm.encode(model, from, z) ? floatsAt(z, latents).slice() : null
      return { index, frame, expected, surprises, latent }
    })
  }

  function decode(z) {
    const { dims } = about
    return withRoom([z.length, dims], (from, to) => {
      floatsAt(from, z.length).set(z)
      if (!wasm.decode(model, from, to)) throw new Error(text())
      return { frame: floatsAt(to, dims).slice() }
    })
  }

  let latest = 0
  const tasks = {
    async engine({ bytes }) {
      wasm = (await WebAssembly.instantiate(bytes, {})).instance.exports
      say('ready', {})
    },
    model({ bytes }) {
      latest++
      say('model', { about: openModel(new Uint8Array(bytes)) })
    },
    async table({ file }) {
      const turn = ++latest
      if (!about) throw new Error('open a model first')
      await score(await file.text(), turn)
    },
    frame: ({ index }) => say('frame', frameAt(index)),
    latent: ({ z }) => say('decoded', decode(z)),
  }
  scope.onmessage = async ({ data }) => {
    try {
      await tasks[data.type](data)
    } catch (error) {
      say('error', { of: data.type, text: String(error.message || error) })
    }
  }
}

if (typeof module !== 'undefined') module.exports = { elbowWorker }
