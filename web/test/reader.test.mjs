// The page reads tables as the program does: the same rows, the same scores, or both refuse.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'

import { bits, root, worker } from './elbow.mjs'

const folder = mkdtempSync(join(tmpdir(), 'elbow-'))
after(() => rmSync(folder, { recursive: true }))
const elbow = (...args) => execFileSync(process.env.ELBOW, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] }).toString()

const stamp = (second, day = 25) => new Date(Date.UTC(2024, 2, day) + 1000 * second).toISOString()
const numbers = (n) => [Math.sin(n), Math.cos(0.3 * n) + 0.1 * (n % 7), (n % 5) + 0.2 * Math.sin(n)].map((x) => x.toFixed(4))
const words = ['idle', 'run', 'stop']

before(() => {
  const rows = Array.from({ length: 300 }, (_, n) => [stamp(n), ...numbers(n), words[n % 3]].join(','))
  writeFileSync(join(folder, 'rows.csv'), ['time,a,b,c,mode', ...rows].join('\n') + '\n')
  const fit = (name, ...args) => elbow('fit', 'rows.csv', '--out', `${name}.elbow`, '--drop', 'mode', ...args)
  for (const missing of ['drop', 'hold', 'model']) fit(missing, '--model', 'gaussian', '--time', 'time', '--missing', missing)
  fit('plain', '--model', 'gaussian', '--time', 'time')
  fit('windows', '--model', 'gaussian', '--time', 'time', '--gap', '90s', '--window', '3', '--hop', '1', '--missing', 'drop')
  elbow('fit', 'rows.csv', '--out', 'words.elbow', '--categorical', 'mode', '--drop', 'time', '--epochs', '2', '--hidden', '8', '--latent', 'gaussian:2')
})

async function page(model, text) {
  const ask = await worker()
  await ask('model', { bytes: new Uint8Array(readFileSync(join(folder, `${model}.elbow`))).buffer }, 'model')
  return { ask, ...(await ask('table', { file: new Blob([text]) }, 'scores')) }
}

// Rows and scores by the program; rows without a score are left out.
function program(model, text) {
  writeFileSync(join(folder, 'table.csv'), text)
  const [header, ...lines] = elbow('score', `${model}.elbow`, 'table.csv').trim().split('\n').map((line) => line.split(','))
  const [row, score] = ['row', 'log_density'].map((name) => header.indexOf(name))
  const scored = lines.filter((cells) => cells[score] !== '')
  return { rows: scored.map((cells) => Number(cells[row])), scores: bits(scored.map((cells) => Number(cells[score]))) }
}

async function assertSame(model, text) {
  const found = await page(model, text)
  const expected = program(model, text)
  assert.ok(expected.rows.length > 0)
  assert.deepEqual([...found.sources].map((source) => source + 1), expected.rows)
  assert.deepEqual(bits(found.scores), expected.scores)
  return found
}

const table = (rows, header = 'time,a,b,c') => [header, ...rows].join('\n') + '\n'
const row = (n, at = stamp(n)) => [at, ...numbers(n)].join(',')

test('every word for a missing cell, and what becomes of its row', async () => {
  const missing = readFileSync(join(root, 'reader/src/missing.txt'), 'utf8').trimEnd().split('\n')
  assert.ok(missing.length > 30)
  const rows = ['', ...missing, 'NaN'].flatMap((word, n) => {
    const [a, b, c] = numbers(n)
    return [row(2 * n), `${stamp(2 * n + 1)},${a},${n % 2 ? word.toUpperCase() : word},${c}`, `${stamp(2 * n + 1)},${a},${b},${c}`]
  })
  for (const model of ['drop', 'hold', 'model']) {
    const { notes } = await assertSame(model, table(rows))
    const count = missing.length + 2
    const expected = { drop: [count, 0], hold: [0, 0], model: [0, count] }[model]
    assert.deepEqual([notes.missing, notes.gaps], expected, model)
  }
  // the first rows have nothing to be held, and a row of nothing is none
  const sparse = [`${stamp(0)},,1,2`, `${stamp(1)},,,`, row(2), `${stamp(3)},,,`, row(4)]
  for (const model of ['drop', 'hold', 'model']) await assertSame(model, table(sparse))
})

test('a frame with a gap is shown with what is expected in it', async () => {
  const { ask } = await page('model', table([row(0), `${stamp(1)},0.5,,1.0`]))
  const { frame, expected, surprises } = await ask('frame', { index: 1 }, 'frame')
  assert.ok(Number.isNaN(frame[1]) && [...expected].every(Number.isFinite))
  assert.ok(Math.abs(surprises[1]) < 1e-5)
})

test('windows end where time does', async () => {
  const at = [0, 1, 2, 3, 200, 201, 202, 203, 203.5, 150, 151, 152, 153, 243, 333.001, 334, 335]
  const forms = {
    iso: (s) => stamp(s),
    zone: (s) => stamp(s).replace('Z', '+02:00').replace('T', ' '),
    epoch: (s) => String(1_711_324_800 + s),
    milliseconds: (s) => String(Math.round(1000 * (1_711_324_800 + s))),
    slashes: (s) => stamp(s).replace(/^(\d+)-(\d+)-(\d+)T([\d:.]+)Z/, '$2/$3/$1 $4'),
    days: (s) => stamp(s).replace(/^(\d+)-(\d+)-(\d+)T([\d:.]+)Z/, '$3.$2.$1 $4'),
    noon: (s) => stamp(s).replace(/^(\d+)-(\d+)-(\d+)T00:([\d:.]+)Z/, '$1-$2-$3 12:$4 AM'),
  }
  for (const form of Object.values(forms)) {
    const { sources } = await assertSame('windows', table(at.map((second, n) => row(n, form(second)))))
    assert.ok(sources.length < at.length - 4)
  }
  // of two ways to read a date that in which less time goes by
  const first = (s) => stamp(s, 1).replace(/^(\d+)-(\d+)-(\d+)T([\d:.]+)Z/, '$3/$2/$1 $4')
  await assertSame('windows', table([0, 1, 2, 3, 200, 201, 202, 203, 86_300, 86_400, 86_401, 86_402].map((second, n) => row(n, first(second)))))
  await assertSame('windows', table(at.map((_, n) => numbers(n).join(',')), 'a,b,c'))
  await assert.rejects(page('windows', table(['1,2,3,4', '5,6,7,8', '9,1,2,3'])), /column time ends windows, and not all its cells are times/)
})

test('words that the model has never seen are anomalies', async () => {
  const rows = ['idle', 'new', '', ' run ', 'idle\u00a0'].map((word, n) => [...numbers(n), word].join(','))
  const { notes } = await assertSame('words', table(rows, 'a,b,c,mode'))
  assert.equal(notes.unseen, 3)
})

test('quotes part cells where cells begin, and must end', async () => {
  const { scores: [plain] } = await page('plain', table([row(5)]))
  const [a, b, c] = numbers(5)
  for (const text of [`"${stamp(5)}","${a}","${b}","${c}"`, `5" pipe,${a},${b},${c}`, `"a ""b""\nc",${a},${b},"${c}"`]) {
    const { scores } = await page('plain', table([text, row(6)]))
    assert.deepEqual([bits([scores[0]]), scores.length], [bits([plain]), 2], text)
  }
  // a line break within a number's cell is no second cell
  const { scores, notes } = await page('plain', table([`${stamp(1)},"1\n2","\n\n3\n\n",4`, row(5), `${stamp(1)},1,two,4`]))
  assert.deepEqual([bits([scores[1]]), notes.refused], [bits([plain]), 2])
  await assert.rejects(page('plain', table([row(1), `${stamp(2)},"1,2,3`, row(3)])), /begins in line 3 has no end/)
  await assert.rejects(page('plain', table([row(1), '1,2,3'])), /row 2 of the table has 3 cells, its first line 4/)
})

test('text in the encodings that files have, gzipped too', async () => {
  const text = '\ufeff' + table([1, 2, 3].map((n) => row(n)))
  const wide = Buffer.from(text, 'utf16le')
  const files = [wide, wide.subarray(2), Buffer.from(wide).swap16(), Buffer.from(text), gzipSync(text), text.replaceAll('\n', '\r').slice(1)]
  const degrees = table([1, 2, 3].map((n) => `${row(n)},20 °C`), 'time,a,b,c,°C')
  for (const bytes of [...files, Buffer.from(degrees, 'latin1')]) await assertSame('plain', bytes)
  await assert.rejects(page('plain', Buffer.from('PK\x03\x04\0\0\0')), /no text/)
})

test('what the fit was told of the text holds', async () => {
  const rows = Array.from({ length: 40 }, (_, n) => numbers(n).map((x) => x.replace('.', ',')).join('|'))
  writeFileSync(join(folder, 'bars.txt'), rows.join('\n') + '\n')
  elbow('fit', 'bars.txt', '--out', 'bars.elbow', '--model', 'gaussian', '--delimiter', '|', '--decimal', ',', '--no-header')
  await assertSame('bars', rows.slice(3, 9).join('\n') + '\n')
})

test('frames without a score are no lowest ones', async () => {
  const { least, notes } = await page('plain', table([`${stamp(0)},inf,1,1`, ...Array.from({ length: 40 }, (_, n) => row(n))]))
  assert.equal(notes.refused, 1)
  assert.ok(!least.includes(0) && least.length === 25)
  const nothing = await page('plain', table([`${stamp(0)},inf,1,1`]))
  assert.deepEqual(nothing.least, [])
})
