// The page: files to the worker, what it says to tables and pictures.
'use strict'

const byId = (id) => document.getElementById(id)
const SLIDERS = 32
let about, scores, ranges, asked

const worker = new Worker(URL.createObjectURL(new Blob([`(${elbowWorker})(self)`], { type: 'text/javascript' })))
const ask = (type, more, transfer) => worker.postMessage({ type, ...more }, transfer || [])

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
  return words[value] ?? number(value)
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
    scores = ranges = undefined
    for (const id of ['scores', 'frame', 'latent']) byId(id).hidden = true
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
    const { rows, missing, refused, count } = found.notes
    const alarms = found.anomalous.reduce((sum, one) => sum + one, 0)
    const left = [
      missing > 0 && `${missing} rows have a missing cell or an unknown word and are left out`,
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
    ask('frame', { index: found.least[0] })
  },

  frame({ index, frame, expected, surprises, latent }) {
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
    if (latent) setSliders(latent)
  },

  decoded({ frame }) {
    asked = false
    // without a table, of what was decoded so far
    if (!scores) ranges = widen(ranges, frame)
    drawFrames(byId('decoded'), 'The decoded frame', about, ranges, [{ frame, tone: 'first' }])
    const rows = Array.from(frame.slice(0, 200), (value, n) => row([nameOf(n), valueOf(n, value)]))
    byId('decoded-rows').replaceChildren(...rows)
    if (queued) sendLatent()
  },

  error({ text }) {
    byId('progress').hidden = true
    status(`Not done: ${text}`)
  },
}
worker.onmessage = ({ data }) => told[data.type](data)
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
  const verdict = about.threshold === undefined ? '–' : anomalous[index] ? 'anomalous' : 'typical'
  return row([button, number(all[index]), bits(all[index]), number(p[index]), verdict])
}

byId('row').onchange = () => {
  const wanted = Number(byId('row').value) - 1
  // the frame that begins there, or the last before it
  let index = scores.sources.findIndex((source) => source > wanted)
  index = (index < 0 ? scores.sources.length : index) - 1
  ask('frame', { index: Math.max(index, 0) })
}

let queued = false
const sliders = () => [...byId('sliders').querySelectorAll('input')]

function sendLatent() {
  // one question at a time: the last place of a slider counts
  queued = asked
  if (asked) return
  asked = true
  let z = sliders().map((slider) => Number(slider.value))
  while (z.length < about['latent dims']) z.push(0)
  if (about['is sphere'] === 'true') {
    const length = Math.hypot(...z)
    z = z.map((one, n) => (length > 0 ? one / length : n === 0 ? 1 : 0))
  }
  sliders().forEach((slider, n) => (slider.nextElementSibling.textContent = number(z[n])))
  ask('latent', { z: Float32Array.from(z) })
}

function showSliders() {
  const count = Math.min(about['latent dims'], SLIDERS)
  byId('latent').hidden = count === 0
  const most = about['is sphere'] === 'true' ? 1 : 4
  const slider = (_, n) => {
    const label = document.createElement('label')
    const input = document.createElement('input')
    Object.assign(input, { type: 'range', min: -most, max: most, step: 'any', value: 0 })
    input.setAttribute('aria-label', `latent coordinate ${n + 1}`)
    input.oninput = sendLatent
    label.append(`z${n + 1}`, input, document.createElement('output'))
    return label
  }
  byId('sliders').replaceChildren(...Array.from({ length: count }, slider))
  asked = queued = false
  if (count > 0) sendLatent()
}

function setSliders(latent) {
  sliders().forEach((slider, n) => (slider.value = latent[n]))
  sendLatent()
}

async function open(file, isModel) {
  status(`Reading ${file.name}.`)
  if (isModel) {
    const bytes = await file.arrayBuffer()
    ask('model', { bytes }, [bytes])
  } else {
    ask('table', { file })
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
