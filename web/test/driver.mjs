// Headless Chromium by its driver: the W3C WebDriver protocol, which needs no library.
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'

export async function chromium() {
  const driver = spawn('chromedriver', ['--port=0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = await new Promise((resume, refuse) => {
    let said = ''
    driver.stdout.on('data', (part) => {
      said += part
      const found = said.match(/on port ([1-9]\d*)/)
      if (found) resume(found[1])
    })
    driver.on('exit', () => refuse(new Error(`chromedriver: ${said}`)))
  })
  const call = async (method, path, body) => {
    const options = { method, body: body && JSON.stringify(body) }
    const { value } = await (await fetch(`http://127.0.0.1:${port}${path}`, options)).json()
    if (value?.error) throw new Error(`${value.error}: ${value.message}`)
    return value
  }
  const capabilities = {
    browserName: 'chrome',
    'goog:chromeOptions': { args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--window-size=1100,1000'] },
    'goog:loggingPrefs': { performance: 'ALL', browser: 'ALL' },
  }
  const { sessionId } = await call('POST', '/session', { capabilities: { alwaysMatch: capabilities } })
  const at = (method, path, body) => call(method, `/session/${sessionId}${path}`, body)
  const cdp = (cmd, params) => at('POST', '/goog/cdp/execute', { cmd, params })
  return {
    go: (url) => at('POST', '/url', { url }),
    run: (script, ...args) => at('POST', '/execute/sync', { script, args }),
    async choose(selector, path) {
      const found = await at('POST', '/element', { using: 'css selector', value: selector })
      await at('POST', `/element/${Object.values(found)[0]}/value`, { text: path })
    },
    media: (features, media = '') => cdp('Emulation.setEmulatedMedia', { media, features }),
    // what the page asked for, by the browser's own record, and what it complained of
    async log() {
      const events = (await at('POST', '/se/log', { type: 'performance' })).map(({ message }) => JSON.parse(message).message)
      const urls = events.filter(({ method }) => method === 'Network.requestWillBeSent').map(({ params }) => params.request.url)
      const complaints = await at('POST', '/se/log', { type: 'browser' })
      return { urls, complaints: complaints.map(({ message }) => message) }
    },
    async picture(path) {
      const { cssContentSize: size } = await cdp('Page.getLayoutMetrics', {})
      const clip = { x: 0, y: 0, width: size.width, height: size.height, scale: 1 }
      const { data } = await cdp('Page.captureScreenshot', { clip, captureBeyondViewport: true })
      writeFileSync(path, Buffer.from(data, 'base64'))
    },
    async end() {
      await call('DELETE', `/session/${sessionId}`)
      driver.removeAllListeners('exit')
      driver.kill()
    },
  }
}
