// Report and page in headless Chromium, from a folder: nothing is asked of a network, nothing is complained of, what
// is shown is what the program says. Pictures are left in the folder that PICTURES names.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'

import { chromium } from './driver.mjs'
import { bench, bits, root, scores } from './elbow.mjs'

const folder = mkdtempSync(join(tmpdir(), 'elbow-'))
const pictures = process.env.PICTURES || folder
mkdirSync(pictures, { recursive: true })
const { elbow, path, kinds } = bench(process.env.ELBOW, folder)
let browser
before(async () => (browser = await chromium()))
after(async () => {
  await browser.end()
  rmSync(folder, { recursive: true })
})

const url = (file) => pathToFileURL(file).href
const dark = [{ name: 'prefers-color-scheme', value: 'dark' }]

async function until(script, ...args) {
  for (let n = 0; n < 600; n++) {
    if (await browser.run(script, ...args)) return
    await new Promise((resume) => setTimeout(resume, 100))
  }
  assert.fail(`${script}: ${await browser.run("return document.getElementById('status')?.textContent")}`)
}

// Only files of the page itself, and what it carries.
async function isQuiet() {
  const { urls, complaints } = await browser.log()
  assert.ok(urls.length > 0)
  assert.deepEqual(urls.filter((url) => !/^(file|data|blob):/.test(url)), [])
  assert.deepEqual(complaints, [])
}

// Contrast of text with what is behind it (WCAG 2.1, 1.4.3), the least on the page.
const CONTRAST = `
  const light = (text) => {
    const parts = text.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
    const [r, g, b] = parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const paper = light(getComputedStyle(document.body).backgroundColor)
  const shown = [...document.querySelectorAll('p, th, td, caption, figcaption, h1, h2, a, svg text')]
  return Math.min(...shown.map((at) => {
    const style = getComputedStyle(at)
    const ink = light(at instanceof SVGElement ? style.fill : style.color)
    return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05)
  }))`

test('a report of each kind: no network, no complaint, readable in light and dark', async () => {
  for (const kind of Object.keys(kinds)) {
    const page = path(`${kind}.html`)
    elbow('report', `${kind}.elbow`, kinds[kind], '--out', page, '--force')
    await browser.media([])
    await browser.go(url(page))
    assert.ok((await browser.run("return document.querySelectorAll('svg').length")) > 5)
    const figures = JSON.parse(await browser.run("return document.getElementById('figures').textContent"))
    const told = JSON.parse(elbow('eval', `${kind}.elbow`, kinds[kind], '--json'))
    assert.deepEqual({ ...figures, seconds: 0 }, { ...told, seconds: 0 })
    const overflow = 'return document.documentElement.scrollWidth > document.documentElement.clientWidth'
    assert.equal(await browser.run(overflow), false, kind)
    if (kind !== 'network') continue
    assert.ok((await browser.run(CONTRAST)) >= 4.5)
    await browser.picture(join(pictures, 'report.png'))
    await browser.media(dark)
    assert.ok((await browser.run(CONTRAST)) >= 4.5)
    await browser.picture(join(pictures, 'report-dark.png'))
    await browser.media(dark, 'print')
    assert.equal(await browser.run('return getComputedStyle(document.body).backgroundColor'), 'rgb(255, 255, 255)')
    await browser.picture(join(pictures, 'report-print.png'))
  }
  await isQuiet()
})

test('the page shows what the program says', async () => {
  await browser.media([])
  for (const kind of ['network', 'sphere', 'alarm', 'words']) {
    await browser.go(url(join(root, 'web/index.html')))
    await until("return document.getElementById('status').textContent === 'Open a model.'")
    await browser.choose('#model', path(`${kind}.elbow`))
    await until("return !document.getElementById('table').disabled")
    await browser.choose('#table', path(kinds[kind]))
    await until("return !document.getElementById('frame').hidden")
    const told = scores(elbow, kind, kinds[kind])('log_density')
    const least = bits([Math.min(...told)])[0].toString(16).padStart(8, '0')
    assert.equal(await browser.run("return document.querySelector('#least tr td:nth-child(3)').textContent"), `0x${least}`)
    // a question by keyboard alone, and its answer
    await browser.run("document.querySelectorAll('#least button')[1].click()")
    const second = await browser.run("return document.querySelectorAll('#least button')[1].textContent")
    await until("return document.getElementById('frame-text').textContent.startsWith(arguments[0])", `Row ${second}:`)
    const sliders = await browser.run("return document.querySelectorAll('#sliders input').length")
    assert.equal(sliders, { network: 3, sphere: 3, alarm: 0, words: 2 }[kind])
    if (kind !== 'network') continue
    const shown = "return document.querySelector('#decoded-rows').textContent"
    const was = await browser.run(shown)
    await browser.run("const z = document.querySelector('#sliders input'); z.value = 2.5; z.dispatchEvent(new Event('input'))")
    await until(`${shown} !== arguments[0]`, was)
    assert.ok((await browser.run(CONTRAST)) >= 4.5)
    await browser.picture(join(pictures, 'page.png'))
    await browser.media(dark)
    assert.ok((await browser.run(CONTRAST)) >= 4.5)
    await browser.picture(join(pictures, 'page-dark.png'))
    await browser.media([])
  }
  await isQuiet()
})

test('every control has a name, and names are text', async () => {
  const header = 'a,<img src=x onerror=alert(1)>'
  writeFileSync(path('odd.csv'), [header, ...Array.from({ length: 60 }, (_, i) => `${i % 7},${i % 5}`)].join('\n') + '\n')
  elbow('fit', 'odd.csv', '--model', 'gaussian', '--out', 'odd.elbow', '--force')
  await browser.go(url(join(root, 'web/index.html')))
  await until("return document.getElementById('status').textContent === 'Open a model.'")
  await browser.choose('#model', path('odd.elbow'))
  await until("return !document.getElementById('table').disabled")
  await browser.choose('#table', path('odd.csv'))
  await until("return !document.getElementById('frame').hidden")
  assert.equal(await browser.run("return document.querySelectorAll('main img').length"), 0)
  assert.ok(await browser.run("return document.querySelector('#causes').textContent.includes('<img src=x')"))
  const bare = `return [...document.querySelectorAll('input, button')].filter((at) =>
    !(at.getAttribute('aria-label') || at.labels?.[0]?.textContent || at.textContent).trim()).length`
  assert.equal(await browser.run(bare), 0)
  await browser.choose('#model', path('odd.csv'))
  await until("return document.getElementById('status').textContent.startsWith('Not done: ')")
  await isQuiet()
})

const hidden = (...ids) => browser.run("return arguments[0].map((id) => document.getElementById(id).hidden)", ids)

test('nothing of an earlier file stays', async () => {
  writeFileSync(path('broken.csv'), readFileSync(path('rows.csv'), 'utf8').replace(/\n/, '\n"'))
  writeFileSync(path('broken.elbow'), readFileSync(path('network.elbow')).fill(7, 100, 200))
  await browser.go(url(join(root, 'web/index.html')))
  await until("return document.getElementById('status').textContent === 'Open a model.'")
  await browser.choose('#model', path('network.elbow'))
  await until("return !document.getElementById('table').disabled")
  await browser.choose('#table', path('rows.csv'))
  await until("return !document.getElementById('frame').hidden")
  await browser.choose('#table', path('broken.csv'))
  await until("return document.getElementById('status').textContent.includes('has no end')")
  assert.deepEqual(await hidden('about', 'scores', 'frame', 'latent'), [false, true, true, false])
  await browser.choose('#table', path('rows.csv'))
  await until("return !document.getElementById('frame').hidden")
  await browser.choose('#model', path('broken.elbow'))
  await until("return document.getElementById('status').textContent.startsWith('Not done: ')")
  assert.deepEqual(await hidden('about', 'scores', 'frame', 'latent'), [true, true, true, true])
  assert.ok(await browser.run("return document.getElementById('table').disabled"))
  await isQuiet()
})

test('a latent is shown as the frame has it, however long and far', async () => {
  elbow('fit', 'rows.csv', '--out', 'long.elbow', '--force', '--latent', 'gaussian:34', '--drop', 'time_s', '--epochs', '3', '--hidden', '16')
  await browser.go(url(join(root, 'web/index.html')))
  await until("return document.getElementById('status').textContent === 'Open a model.'")
  await browser.choose('#model', path('long.elbow'))
  await until("return !document.getElementById('table').disabled")
  await browser.choose('#table', path('rows.csv'))
  await until("return !document.getElementById('frame').hidden")
  assert.ok(await browser.run("return document.getElementById('latent-text').textContent.includes('The 2 coordinates')"))
  // what its latent decodes to is what the model expects of the frame
  const of = (rows, cell) => `Array.from(document.querySelectorAll('#${rows} tr'), (row) => [row.cells[0].textContent, row.cells[${cell}].textContent])`
  const expected = `return ${of('causes', 2)}.filter(([name, value]) => new Map(${of('decoded-rows', 1)}).get(name) !== value).length`
  await until(`${expected} === 0`.replace('return', 'return document.querySelector("#causes tr") &&'))
  const far = 'setSliders(Array.from({ length: 34 }, (_, n) => n - 16.5)); return [sliders()[0].value, sliders()[31].value, latent[33]]'
  assert.deepEqual(await browser.run(far), ['-16.5', '14.5', 16.5])
  // an answer that does not come holds nothing up
  await browser.run("ask('latent', { z: new Float32Array(34).fill(NaN) }); isAsked = true")
  await until("return document.getElementById('status').textContent.startsWith('Not done: ') && !isAsked")
  const shown = "return document.querySelector('#decoded-rows').textContent"
  const was = await browser.run(shown)
  await browser.run("const z = sliders()[0]; z.value = 2.5; z.dispatchEvent(new Event('input'))")
  await until(`${shown} !== arguments[0]`, was)
  await isQuiet()
})

test('the page allows no script or style within it', () => {
  assert.ok(!readFileSync(join(root, 'web/index.html'), 'utf8').includes('unsafe-inline'))
})

test('a hundred thousand rows never hold the page up', async () => {
  const [header, ...rows] = readFileSync(path('rows.csv'), 'utf8').trim().split('\n')
  const many = Array.from({ length: 100_000 }, (_, i) => rows[i % rows.length])
  writeFileSync(path('many.csv'), [header, ...many].join('\n') + '\n')
  await browser.go(url(join(root, 'web/index.html')))
  await until("return document.getElementById('status').textContent === 'Open a model.'")
  await browser.choose('#model', path('mixture.elbow'))
  await until("return !document.getElementById('table').disabled")
  await browser.run(`window.longest = 0
    new PerformanceObserver((list) => list.getEntries().forEach((task) => (window.longest = Math.max(window.longest, task.duration))))
      .observe({ type: 'longtask' })
    window.frames_ = [performance.now()]
    const tick = (now) => (window.frames_.push(now), requestAnimationFrame(tick))
    requestAnimationFrame(tick)`)
  await browser.choose('#table', path('many.csv'))
  await until("return !document.getElementById('frame').hidden")
  const longest = await browser.run('return window.longest')
  const gap = await browser.run('return Math.max(...window.frames_.slice(2).map((at, n) => at - window.frames_[n + 1]))')
  console.log(`100000 rows: longest task ${longest} ms, longest frame ${gap.toFixed(0)} ms`)
  assert.ok(longest <= 100, `a task of ${longest} ms`)
})
