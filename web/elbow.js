// The engine in a worker: a model file and a table of text go in, scores come out. The page makes a worker of the text of this
// function and those that it calls, as a page from a folder may load no worker from a file; tests call it with a scope of their own.
'use strict'

function elbowWorker(scope) {
  const CHUNK = 512 // rows between two messages
  const LEAST = 25 // frames that are told one by one
  let wasm, model, refusal, about, frames

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
    if (model !== undefined) wasm.close(model)
    model = about = frames = undefined
    model = withRoom([Math.ceil(bytes.length / 4)], (at) => {
      bytesAt(at, bytes.length).set(bytes)
      return wasm.open(at, bytes.length)
    })
    refusal = wasm.is_model(model) ? undefined : text()
    if (refusal) throw new Error(refusal)
    const found = described(text())
    if (found.columns.length * found.window !== found.dims) throw new Error('the model names other columns than it takes')
    about = found
    return about
  }

  // Lines of a word and what it stands for, tabs between; of a column its words behind its name.
  function described(lines) {
    const found = { columns: [], reading: {} }
    for (const line of lines.split('\n')) {
      const [word, ...is] = line.split('\t')
      if (word === 'missing') found.missing = is
      else if (word === 'column') found.columns.push({ name: is[0], words: is.slice(1) })
      else if (word === 'reading') found.reading[is[0]] = is.slice(1)
      else if (word) found[word] = is[0]
    }
    for (const word of ['members', 'dims', 'window', 'hop', 'samples', 'latent dims', 'rows', 'threshold', 'false alarm']) {
      if (word in found) found[word] = Number(found[word])
    }
    return found
  }

  // The bytes of a file, which may be gzipped.
  async function unpacked(file) {
    const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer())
    const isPacked = first === 0x1f && second === 0x8b
    return isPacked ? new Response(file.stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer() : file.arrayBuffer()
  }

  // Text to numbers, by the engine: each is the nearest f32, as in every other reader of the project. What is no number is
  // infinite, and NaN is what is missing.
  function floats(rows) {
    const width = about.columns.length
    const values = new Float32Array(rows.length * width)
    for (let at = 0; at < rows.length; at += CHUNK) {
      const bytes = new TextEncoder().encode(rows.slice(at, at + CHUNK).join(''))
      const room = Math.min(CHUNK, rows.length - at) * width
      withRoom([Math.ceil(bytes.length / 4), room], (from, to) => {
        bytesAt(from, bytes.length).set(bytes)
        const count = wasm.numbers(from, bytes.length, to, room)
        if (count !== room) throw new Error(`${room} cells came back as ${count} numbers`)
        values.set(floatsAt(to, room), at * width)
      })
    }
    return values
  }

  // Scores all frames, some at a time: the worker hears of a new file between two chunks.
  async function score(table, say, isLatest) {
    const { dims, samples } = about
    const count = table.sources.length
    const told = { scores: new Float32Array(count), p: new Float32Array(count), anomalous: new Uint8Array(count) }
    let refused = 0
    frames = table.values
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
      if (!isLatest()) return
    }
    const least = lowest(told.scores), ranges = rangesOf(table.values)
    const notes = { ...table.notes, refused, count }
    const { sources } = table
    say('scores', { ...told, sources, least, ranges, notes }, [told.scores, told.p, told.anomalous, sources].map((a) => a.buffer))
  }

  // From the lowest to the highest of each column.
  function rangesOf(values) {
    const width = about.columns.length
    const ranges = about.columns.map(() => [Infinity, -Infinity])
    values.forEach((value, n) => {
      const range = ranges[n % width]
      if (!Number.isFinite(value)) return
      if (value < range[0]) range[0] = value
      if (value > range[1]) range[1] = value
    })
    return ranges
  }

  // The frames of the lowest scores, the lowest first; those without a score are none of them.
  function lowest(scores) {
    const found = []
    scores.forEach((score, index) => {
      if (Number.isNaN(score) || found.length === LEAST && !(score < scores[found[LEAST - 1]])) return
      const place = found.findIndex((other) => score < scores[other])
      found.splice(place < 0 ? found.length : place, 0, index)
      found.length = Math.min(found.length, LEAST)
    })
    return found
  }

  function frameAt(index) {
    const { dims, samples } = about
    const latents = about['latent dims']
    if (!frames) throw new Error('open a table first')
    const frame = frames.slice(index * dims, (index + 1) * dims)
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

  // Of the last file that was opened: scores of an earlier one end.
  let latest, engine
  const tasks = {
    engine({ bytes }) {
      engine = WebAssembly.instantiate(bytes, {}).then(({ instance }) => (wasm = instance.exports))
      return engine.then(() => ['ready', {}])
    },
    model: ({ bytes }) => ['model', { about: openModel(new Uint8Array(bytes)) }],
    async table({ file, turn }, say) {
      if (!about) throw new Error(refusal ?? 'open a model first')
      frames = undefined
      const bytes = new Uint8Array(await unpacked(file))
      const isLatest = () => turn === latest
      if (isLatest()) await score(elbowReader(about, floats).read(bytes), say, isLatest)
    },
    frame: ({ index }) => ['frame', frameAt(index)],
    latent: ({ z }) => ['decoded', decode(z)],
  }
  scope.onmessage = async ({ data }) => {
    const { type, turn } = data
    // whose answer it is, the page knows by its turn
    const say = (type, more, transfer) => scope.postMessage({ type, turn, ...more }, transfer || [])
    if (type === 'model' || type === 'table') latest = turn
    try {
      if (type !== 'engine') await engine
      const answer = await tasks[type](data, say)
      if (answer) say(...answer)
    } catch (error) {
      const isBroken = error instanceof WebAssembly.RuntimeError
      const text = isBroken ? 'the engine ran out of memory: reload the page, and open fewer rows' : String(error.message || error)
      say('error', { of: type, text })
    }
  }
}

if (typeof module !== 'undefined') {
  Object.assign(globalThis, require('./times.js'), require('./reader.js'))
  module.exports = { elbowWorker }
}
