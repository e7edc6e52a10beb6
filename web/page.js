// The page: files to the worker, what it says to tables and pictures.
'use strict'

const byId = (id) => document.getElementById(id)
const SLIDERS = 32
let about, scores, ranges
// of the last file that was opened, and of the last model: answers to earlier questions are not shown
let turn = 0, modelTurn = 0

const source = [elbowTimes, elbowReader, `(${elbowWorker})(self)`].join('\n')
const worker = new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })))
const ask = (type, more, transfer) => worker.postMessage({ type, turn, ...more }, transfer || [])

function status(text) {
  byId('status').textContent = text
}

// Cells as text; the first heads the row.
function row(cells) {
  const made = document.createElement('tr')
  cells.forEach((cell, n) => {
    const place = made.appendChild(document.createElement(n === 0 ? 'th' : 'td'))
    if (n === 0) place.scope = 'row'
    place.append(cell)
  })
  return made
}

// The 32 bits of a float, as a device has them.
function bits(value) {
  const view = new DataView(new ArrayBuffer(4))
  view.setFloat32(0, value)
  return '0x' + view.getUint32(0).toString(16).padStart(8, '0')
}

function valueOf(feature, value) {
  const { words } = about.columns[feature % about.columns.length]
  if (Number.isNaN(value)) return 'missing'
  return words.length === 0 ? number(value) : (words[value] ?? 'unknown')
}

function nameOf(feature) {
  const { name } = about.columns[feature % about.columns.length]
  return about.window === 1 ? name : `${name}@${Math.floor(feature / about.columns.length)}`
}

const told = {
  ready() {
    status('Open a model.')
  },

  model(found) {
    about = found.about
    const window = about.window === 1 ? 'single rows' : `windows of ${about.window} rows, every ${about.hop}`
    const columns = about.columns.map(({ name }) => name)
    const shown = columns.slice(0, 12).join(', ') + (columns.length > 12 ? `, … (${columns.length})` : '')
    const rows = [
      ['name', about.name],
      ['kind', `${about.members > 1 ? `${about.members} of ` : ''}${about.latent}, ${about.likelihood}`],
      ['frames', `${window} of ${shown}`],
      ['fitted', about.rows > 0 ? `${about.objective} on ${about.rows} rows, by elbow ${about.version}` : `imported`],
      ['samples', `K = ${about.samples}`],
    ]
    if (about.threshold !== undefined) {
      const rate = number(about['false alarm'])
      rows.push(['alarm', `below ${number(about.threshold)} nats: at most ${rate} of normal frames`])
    }
    if (about['is density'] !== 'true') rows.push(['score', 'log likelihood of the reconstruction, not a density'])
    byId('about-rows').replaceChildren(...rows.map(row))
    byId('about').hidden = false
    byId('table').disabled = false
    showSliders()
    status(`${about.name} is open. Now open a table with the columns ${shown}.`)
    byId('table').focus()
  },

  progress({ done, count }) {
    byId('progress').hidden = false
    byId('progress').value = done / count
  },

  scores(found) {
    scores = found
    ranges = found.ranges
    byId('progress').hidden = true
    const { rows, missing, gaps, unseen, refused, count } = found.notes
    const alarms = found.anomalous.reduce((sum, one) => sum + one, 0)
    const left = [
      missing > 0 && `${missing} rows have a missing cell and are left out`,
      gaps > 0 && `${gaps} rows have gaps and are scored by what is there`,
      unseen > 0 && `${unseen} rows have a word that the model has never seen, or none: they count as anomalies`,
      refused > 0 && `${refused} frames have no score, as a number is not one the model can take`,
      about.threshold !== undefined && `${alarms} frames are anomalous`,
    ].filter(Boolean)
    const text = `${count} frames of ${rows} rows.` + left.map((part) => ` ${part}.`).join('')
    byId('summary').textContent = text
    status(`Scored. ${text}`)
    if (count === 0) return
    byId('scores').hidden = false
    drawCourse(byId('course'), found, about.threshold)
    byId('least').replaceChildren(...found.least.map(leastRow))
    byId('row').max = rows
    if (found.least.length > 0) ask('frame', { index: found.least[0] })
  },

  frame({ index, frame, expected, surprises, latent: z }) {
    byId('frame').hidden = false
    const score = scores.scores[index]
    byId('frame-text').textContent = `Row ${scores.sources[index] + 1}: log p(x) ${number(score)} nats, ${bits(score)}.`
    drawFrames(byId('reconstruction'), 'A frame and its reconstruction', about, ranges, [
      { frame: expected, tone: 'second' },
      { frame, tone: 'first' },
    ])
    const order = Array.from(surprises.keys()).sort((a, b) => surprises[b] - surprises[a]).slice(0, 8)
    const cause = (n) => [nameOf(n), valueOf(n, frame[n]), valueOf(n, expected[n]), number(surprises[n])]
    byId('causes').replaceChildren(...order.map((n) => row(cause(n))))
    if (z) setSliders(z)
  },

  decoded({ frame }) {
    isAsked = false
    // without a table, of what was decoded so far
    if (!scores) ranges = widen(ranges, frame)
    drawFrames(byId('decoded'), 'The decoded frame', about, ranges, [{ frame, tone: 'first' }])
    const rows = Array.from(frame.slice(0, 200), (value, n) => row([nameOf(n), valueOf(n, value)]))
    byId('decoded-rows').replaceChildren(...rows)
    if (isQueued) sendLatent()
  },

  error({ of, text }) {
    byId('progress').hidden = true
    status(`Not done: ${text}`)
    if (of === 'frame') byId('frame').hidden = true
    if (of === 'latent') isAsked = false
    if (of === 'latent' && isQueued) sendLatent()
  },
}
worker.onmessage = ({ data }) => {
  const isOfModel = (data.of || data.type) === 'model'
  if (data.turn === (isOfModel ? modelTurn : turn)) told[data.type](data)
}
worker.onerror = ({ message }) => status(`Not done: ${message}`)

// From the lowest to the highest of what was seen of each column.
function widen(before, frame) {
  const width = about.columns.length
  const found = before || Array.from({ length: width }, () => [Infinity, -Infinity])
  frame.forEach((value, n) => {
    const range = found[n % width]
    range[0] = Math.min(range[0], value)
    range[1] = Math.max(range[1], value)
  })
  return found
}

function leastRow(index) {
  const { scores: all, p, anomalous, sources } = scores
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = String(sources[index] + 1)
  button.setAttribute('aria-label', `row ${sources[index] + 1}: show why`)
  button.onclick = () => ask('frame', { index })
  // of a frame that lacks more than one sensor nothing is known
  const verdict = Number.isNaN(p[index]) ? '–' : anomalous[index] ? 'anomalous' : 'typical'
  return row([button, number(all[index]), bits(all[index]), number(p[index]), verdict])
}

byId('row').onchange = () => {
  if (scores.sources.length === 0) return
  const wanted = Number(byId('row').value) - 1
  // the frame that begins there, or the last before it
  let index = scores.sources.findIndex((source) => source > wanted)
  index = (index < 0 ? scores.sources.length : index) - 1
  ask('frame', { index: Math.max(index, 0) })
}

// Where the sliders are, with the coordinates that have none; one question at a time: the last place of a slider counts.
let latent = [], isAsked = false, isQueued = false
const sliders = () => [...byId('sliders').querySelectorAll('input')]

function sendLatent() {
  isQueued = isAsked
  if (isAsked) return
  isAsked = true
  let z = latent
  if (about['is sphere'] === 'true') {
    const length = Math.hypot(...z)
    z = z.map((one, n) => (length > 0 ? one / length : n === 0 ? 1 : 0))
  }
  sliders().forEach((slider, n) => (slider.nextElementSibling.textContent = number(z[n])))
  ask('latent', { z: Float32Array.from(z) })
}

function showSliders() {
  const dims = about['latent dims']
  const count = Math.min(dims, SLIDERS)
  byId('latent').hidden = count === 0
  const others = count < dims ? ` The ${dims - count} coordinates behind them stay as the frame has them.` : ''
  byId('latent-text').textContent = `Each slider is a coordinate of the latent z; the picture is the frame that z decodes to.${others}`
  const most = about['is sphere'] === 'true' ? 1 : 4
  const slider = (_, n) => {
    const label = document.createElement('label')
    const input = document.createElement('input')
    Object.assign(input, { type: 'range', min: -most, max: most, step: 'any', value: 0 })
    input.setAttribute('aria-label', `latent coordinate ${n + 1}`)
    input.oninput = () => {
      latent[n] = Number(input.value)
      sendLatent()
    }
    label.append(`z${n + 1}`, input, document.createElement('output'))
    return label
  }
  byId('sliders').replaceChildren(...Array.from({ length: count }, slider))
  latent = Array(dims).fill(0)
  isAsked = isQueued = false
  if (count > 0) sendLatent()
}

function setSliders(found) {
  latent = [...found]
  sliders().forEach((slider, n) => {
    // a slider goes as far as any frame did
    const most = Math.max(Number(slider.max), Math.ceil(Math.abs(latent[n])))
    Object.assign(slider, { min: -most, max: most, value: latent[n] })
  })
  sendLatent()
}

// Nothing of what was opened before is left on the page.
function forget(ids) {
  turn++
  scores = ranges = undefined
  isAsked = isQueued = false
  for (const id of [...ids, 'progress', 'scores', 'frame']) byId(id).hidden = true
}

async function open(file, isModel) {
  status(`Reading ${file.name}.`)
  forget(isModel ? ['about', 'latent'] : [])
  if (!isModel) return ask('table', { file })
  const ofModel = (modelTurn = turn)
  byId('table').disabled = true
  try {
    const bytes = await file.arrayBuffer()
    // of two files the last one counts, however long each takes to read
    if (ofModel === modelTurn) ask('model', { bytes, turn: ofModel }, [bytes])
  } catch (error) {
    status(`Not done: ${error.message}`)
  }
}

byId('model').onchange = ({ target }) => target.files[0] && open(target.files[0], true)
byId('table').onchange = ({ target }) => target.files[0] && open(target.files[0], false)
const drop = document.body
drop.ondragover = (event) => {
  event.preventDefault()
  byId('drop').classList.add('over')
}
drop.ondragleave = () => byId('drop').classList.remove('over')
drop.ondrop = async (event) => {
  event.preventDefault()
  byId('drop').classList.remove('over')
  // a model first: rows are read with it
  const isModel = (file) => file.name.endsWith('.elbow')
  const files = [...event.dataTransfer.files].sort((a, b) => isModel(b) - isModel(a))
  for (const file of files) await open(file, isModel(file))
}

const engine = Uint8Array.from(atob(globalThis.ELBOW_WASM || ''), (character) => character.charCodeAt(0))
if (engine.length > 0) ask('engine', { bytes: engine.buffer }, [engine.buffer])
else status('The engine is missing: wasm/build.sh makes web/elbow.wasm.js.')
