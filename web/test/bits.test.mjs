// The engine in WebAssembly gives the bits of the program, of every kind of model; what is wrong is said.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

import { bench, bits, engine, scores, worker } from './elbow.mjs'

const folder = mkdtempSync(join(tmpdir(), 'elbow-'))
after(() => rmSync(folder, { recursive: true }))
const { elbow, path, kinds } = bench(process.env.ELBOW, folder)

const file = (name) => new Blob([readFileSync(path(name))])
const model = (name) => ({ bytes: new Uint8Array(readFileSync(path(name))).buffer })

// all likelihoods, posteriors and mixtures are in it, of whole frames and of such with gaps
test('the engine is small', () => {
  assert.ok(Buffer.from(engine, 'base64').length <= 250_000, `${Buffer.from(engine, 'base64').length} bytes`)
})

for (const [kind, data] of Object.entries(kinds)) {
  test(`${kind}: the bits of the program`, async () => {
    const ask = await worker()
    const { about } = await ask('model', model(`${kind}.elbow`), 'model')
    const found = await ask('table', { file: file(data) }, 'scores')
    const told = scores(elbow, kind, data)
    assert.ok(found.scores.length > 100)
    assert.deepEqual(bits(found.scores), bits(told('log_density')))
    assert.deepEqual([...found.sources].map((source) => source + 1), [...told('row')])
    if (kind === 'alarm') {
      assert.deepEqual(bits(found.p), bits(told('p_value')))
      assert.deepEqual([...found.anomalous], [...told('anomalous')])
      assert.ok(found.anomalous.includes(1))
    }
    const { frame, expected, surprises, latent } = await ask('frame', { index: 5 }, 'frame')
    assert.equal(frame.length, about.dims)
    assert.ok([...expected, ...surprises].every(Number.isFinite))
    if (about['latent dims'] > 0) {
      // what a frame's latent decodes to is its reconstruction
      const decoded = await ask('latent', { z: latent }, 'decoded')
      assert.deepEqual(bits(decoded.frame), bits(expected))
    }
  })
}

test('what is wrong is said', async () => {
  const ask = await worker()
  await assert.rejects(ask('table', { file: file('rows.csv') }, 'scores'), /open a model first/)
  await assert.rejects(ask('model', { bytes: new ArrayBuffer(7) }, 'model'), /7 bytes/)
  await ask('model', model('mixture.elbow'), 'model')
  const table = (text) => ({ file: new Blob([text]) })
  await assert.rejects(ask('table', table(''), 'scores'), /empty/)
  await assert.rejects(ask('table', table('x,y\n1,2\n'), 'scores'), /no column cpu_user/)
  const gaps = readFileSync(path('rows.csv'), 'utf8').split('\n').slice(0, 4)
  gaps[2] = gaps[2].replace(/[^,]*/, '').replace(/,[^,]*/, ',NaN')
  const { notes } = await ask('table', table(gaps.join('\r\n')), 'scores')
  assert.deepEqual(notes, { rows: 3, missing: 1, gaps: 0, unseen: 0, refused: 0, count: 2 })
})
