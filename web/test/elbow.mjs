// The program `elbow`, models of each kind that it fits, what it says of their rows, and a worker beside it.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

export const root = fileURLToPath(new URL('../..', import.meta.url))

export function bench(program, folder) {
  const path = (name) => join(folder, name)
  const elbow = (...args) => execFileSync(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] }).toString()
  const telemetry = gunzipSync(readFileSync(join(root, 'data/telemetry/telemetry.csv.gz'))).toString()
  // every seventh row of the recording: seconds less
  const lines = telemetry.split('\n').filter((line, at) => at === 0 || (at % 7 === 0 && line))
  writeFileSync(path('rows.csv'), lines.join('\n') + '\n')
  const states = ['mode,a,b', ...Array.from({ length: 600 }, (_, i) => `${['idle', 'run "fast"', '停止'][i % 3]},${i % 17},${(i * i) % 23}`)]
  // a word with quotes and one beyond ASCII, as spreadsheets write them
  writeFileSync(path('states.csv'), states.map((line) => line.replace('run "fast"', '"run ""fast"""')).join('\n') + '\n')
  const quick = ['--epochs', '3', '--hidden', '16', '--drop', 'time_s']
  const fit = (name, data, ...args) => elbow('fit', data, '--out', `${name}.elbow`, '--force', ...args)
  fit('network', 'rows.csv', '--latent', 'gaussian:3', '--window', '4', ...quick)
  fit('sphere', 'rows.csv', '--latent', 'vmf:3', ...quick)
  fit('ensemble', 'rows.csv', '--latent', 'gaussian:2', '--ensemble', '2', ...quick)
  fit('mixture', 'rows.csv', '--auto', '--drop', 'time_s')
  fit('alarm', 'rows.csv', '--auto', '--drop', 'time_s', '--false-alarm', '0.05')
  fit('words', 'states.csv', '--categorical', 'mode', '--epochs', '3', '--hidden', '8', '--latent', 'gaussian:2')
  fit('prior', 'rows.csv', '--latent', 'gaussian:2', '--prior', 'gmm:3', ...quick)
  elbow('quantize', 'sphere.elbow', '--weights', 'int8', '--calibration', 'rows.csv', '--out', 'int8.elbow', '--force')
  const kinds = { network: 'rows.csv', sphere: 'rows.csv', ensemble: 'rows.csv', mixture: 'rows.csv', alarm: 'rows.csv' }
  return { elbow, path, kinds: { ...kinds, words: 'states.csv', prior: 'rows.csv', int8: 'rows.csv' } }
}

// Columns of what `elbow score` says, as floats of four bytes.
export function scores(elbow, model, data) {
  const [header, ...rows] = elbow('score', `${model}.elbow`, data).trim().split('\n').map((line) => line.split(','))
  return (name) => {
    const at = header.indexOf(name)
    return at < 0 ? null : Float32Array.from(rows, (cells) => Number(cells[at]))
  }
}

export const bits = (floats) => Array.from(new Uint32Array(Float32Array.from(floats).buffer))

const { elbowWorker } = createRequire(import.meta.url)('../elbow.js')
export const engine = Buffer.from(readFileSync(join(root, 'web/elbow.wasm.js'), 'utf8').match(/"([^"]*)"/)[1], 'base64')

// A worker as the page has one: `ask` waits for the answer of this type.
export async function worker() {
  const waiting = []
  const scope = { postMessage: (message) => waiting.shift()?.(message) }
  elbowWorker(scope)
  const next = () => new Promise((resume) => waiting.push(resume))
  const ask = async (type, more, wanted) => {
    let answer = next()
    scope.onmessage({ data: { type, ...more } })
    for (;;) {
      const found = await answer
      if (found.type === wanted) return found
      if (found.type === 'error') throw new Error(found.text)
      answer = next()
    }
  }
  await ask('engine', { bytes: engine }, 'ready')
  return ask
}
