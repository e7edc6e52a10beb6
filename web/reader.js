// Tables of text to frames, for a model, as the program reads them: what it would refuse is refused or counted.
'use strict'

// `about` is what a model says of itself; `floats` makes numbers of rows of cells, a newline behind each cell.
function elbowReader(about, floats) {
  const { columns, reading, window, hop, dims } = about
  const MISSING = new Set(['', 'nan', ...about.missing])
  // spaces of ASCII alone: others may tell one word from another
  const trimmed = (cell) => (cell.trim().length === cell.length ? cell : cell.replace(/^[ \t\n\f\r]+|[ \t\n\f\r]+$/g, ''))
  const PLAIN = /^-?\d+(\.\d*)?$/
  const policy = reading.missing?.[0]
  const keepsGaps = policy === 'model' || policy === 'one'

  // Text of bytes in the encodings that files have: UTF-8, UTF-16, else Windows-1252.
  function textOf(bytes) {
    const [a, b, c, d] = bytes
    const isLittle = (a === 0xff && b === 0xfe) || (a > 0 && b === 0 && c > 0 && d === 0)
    const isBig = (a === 0xfe && b === 0xff) || (a === 0 && b > 0 && c === 0 && d > 0)
    const as = (encoding, options) => new TextDecoder(encoding, options).decode(bytes)
    let text
    try {
      text = isLittle || isBig ? as(isLittle ? 'utf-16le' : 'utf-16be') : as('utf-8', { fatal: true })
    } catch {
      text = as('windows-1252')
    }
    if (text.slice(0, 4096).includes('\0')) throw new Error('the file is no text: save the table as .csv')
    // old systems end lines so
    return text.includes('\r') && !text.includes('\n') ? text.replaceAll('\r', '\n') : text
  }

  // Records of a text: cells between delimiters. A cell that begins with a quote goes on to the next one that is not doubled.
  function* records(all, delimiter) {
    const parted = (line) => (delimiter === ' ' ? line.split(' ').filter(Boolean) : line.split(delimiter))
    for (let at = 0, line = 1; at < all.length; line++) {
      let end = all.indexOf('\n', at)
      if (end < 0) end = all.length
      const text = all.slice(at, end)
      if (!text.includes('"')) {
        at = end + 1
        if (text.trim() !== '') yield parted(text.replace(/\r$/, ''))
        continue
      }
      const cells = [], begins = line
      let cell = '', isQuoted = false, isNew = true
      for (; at < all.length; at++) {
        const character = all[at]
        if (character === '\n') {
          if (!isQuoted) break
          line++
        }
        if (isQuoted) {
          if (character !== '"') cell += character
          else if (all[at + 1] === '"') cell += all[at++]
          else isQuoted = false
        } else if (character === delimiter) {
          if (delimiter !== ' ' || !isNew) cells.push(cell)
          cell = ''
          isNew = true
          continue
        } else if (character === '"' && isNew) isQuoted = true
        else cell += character
        isNew = false
      }
      if (isQuoted) throw new Error(`a quote in the row that begins in line ${begins} has no end`)
      at++
      yield [...cells, cell]
    }
  }

  // What parts cells: what the fit was told, or what parts the first line into most.
  function delimiterOf(line) {
    const told = String.fromCharCode(reading.delimiter?.[0] ?? 0)
    if (line.includes(told)) return told
    return ['\t', ';', ','].reduce((best, next) => (line.split(next).length > line.split(best).length ? next : best), ',')
  }

  // Names of the table's columns, and where those of the model stand.
  function heading(first) {
    const isNumber = (cell) => cell.trim() !== '' && Number.isFinite(Number(cell))
    const isFitted = reading.header?.[0] === 'none'
    const names = first.map((cell, n) => (isFitted ? `x${n}` : cell.trim()))
    let places = columns.map(({ name }) => names.indexOf(name))
    const absent = columns.filter((_, n) => places[n] < 0).map(({ name }) => name)
    if (absent.length === 0) return { names, places, hasHeader: !isFitted }
    if (names.length !== columns.length || !first.every(isNumber)) {
      throw new Error(`the table has no column ${absent.slice(0, 5).join(', ')}, which the model reads`)
    }
    return { names: [], places: names.map((_, n) => n), hasHeader: false }
  }

  // Frames of a table: rows of the model's columns, joined to windows. A window never goes over a row that is left out, or a gap.
  function read(bytes) {
    let all = textOf(bytes)
    const said = /^"?sep=(.)"?\r?\n/i.exec(all)
    if (said) all = all.slice(said[0].length)
    const delimiter = said?.[1] ?? delimiterOf(all.slice(0, (all + '\n').indexOf('\n')))
    const rows = records(all, delimiter)
    const { value: first, done } = rows.next()
    if (done) throw new Error('the table is empty')
    const { names, places, hasHeader } = heading(first)
    const isComma = (reading.decimal?.[0] ?? (delimiter === ';' ? ',' : '.')) === ','
    const codes = columns.map(({ words }) => words.length > 0 && new Map(words.map((word, n) => [word, n])))
    const hasWords = codes.some(Boolean)
    // a window lies within one label
    const named = reading.labels?.[0]
    const label = names.findIndex((name) => (named === undefined ? name.toLowerCase() === 'label' : name === named))
    const time = reading.gap ? names.indexOf(reading.time?.[0]) : -1
    const cells = [], sources = [], labels = [], times = []
    const notes = { rows: 0, missing: 0, gaps: 0, unseen: 0 }
    let held

    // A cell as the engine takes it: a number or the code of a word; nothing where there is neither.
    function cellOf(record, place, n) {
      const cell = trimmed(record[place])
      // as most are
      if (!codes[n] && PLAIN.test(cell)) return cell
      const isMissing = MISSING.has(cell.toLowerCase())
      // a line break within a cell would end it
      if (!codes[n]) return isMissing ? undefined : (isComma ? cell.replace(',', '.') : cell).replaceAll('\n', ' ')
      return isMissing && policy ? undefined : String(codes[n].get(cell) ?? columns[n].words.length)
    }

    // What becomes of a row in which something is missing; nothing where it is left out.
    function filled(found) {
      if (!found.includes(undefined)) return found
      if (policy === 'hold' && held) return found.map((cell, n) => cell ?? held[n])
      if (!keepsGaps || found.every((cell) => cell === undefined)) return
      notes.gaps++
      return found.map((cell) => cell ?? 'NaN')
    }

    function take(record) {
      const row = notes.rows
      if (record.length === first.length + 1 && record[first.length].trim() === '') record.pop()
      if (record.length + 1 === first.length && first[record.length].trim() === '') record.push('')
      if (record.length !== first.length) {
        if (record[0].trim().startsWith('#')) return
        throw new Error(`row ${row + 1} of the table has ${record.length} cells, its first line ${first.length}`)
      }
      notes.rows++
      const found = filled(places.map((place, n) => cellOf(record, place, n)))
      if (!found) return notes.missing++
      held = found
      if (hasWords && found.some((cell, n) => codes[n] && cell === String(columns[n].words.length))) notes.unseen++
      cells.push(found.join('\n') + '\n')
      sources.push(row)
      labels.push(label < 0 ? '' : trimmed(record[label]))
      if (time >= 0) times.push(record[time])
    }
    if (!hasHeader) take(first)
    for (const record of rows) take(record)
    const ends = time >= 0 && window > 1 ? elbowTimes().breaks(times, reading.gap[0], names[time]) : []
    return { ...windows(floats(cells), sources, (at) => labels[at] !== labels[at - 1] || ends[at]), notes }
  }

  function windows(values, sources, ends) {
    const width = columns.length
    if (window === 1 && hop === 1) return { values, sources: Uint32Array.from(sources) }
    // where rows that follow one another begin and end
    const starts = []
    for (let begin = 0, at = 1; at <= sources.length; at++) {
      if (at < sources.length && sources[at] === sources[at - 1] + 1 && !ends(at)) continue
      for (let start = begin; start + window <= at; start += hop) starts.push(start)
      begin = at
    }
    const joined = new Float32Array(starts.length * dims)
    starts.forEach((start, n) => joined.set(values.subarray(start * width, (start + window) * width), n * dims))
    return { values: joined, sources: Uint32Array.from(starts, (start) => sources[start]) }
  }

  return { read }
}

if (typeof module !== 'undefined') module.exports = { elbowReader }
