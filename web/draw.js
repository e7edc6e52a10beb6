// Pictures as SVG: text goes in as text alone, whatever a column is called.
'use strict'

const SIZE = [900, 260]
const AREA = { left: 62, top: 10, right: SIZE[0] - 12, bottom: SIZE[1] - 30 }

function element(name, attributes, text) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  if (text !== undefined) made.textContent = text
  return made
}

// A picture with its title, marks and words at the ends of both axes, in place of what `place` holds.
function draw(place, title, { x, y, marks }) {
  const svg = element('svg', { role: 'img', viewBox: `0 0 ${SIZE[0]} ${SIZE[1]}` })
  svg.append(element('title', {}, title))
  const { left, top, right, bottom } = AREA
  svg.append(...marks, element('path', { class: 'frame', d: `M${left} ${top}V${bottom}H${right}` }))
  const text = (at, word, anchor) => svg.append(element('text', { x: at[0], y: at[1], 'text-anchor': anchor }, word))
  text([left - 6, top + 10], y[1], 'end')
  text([left - 6, bottom], y[0], 'end')
  x.forEach(({ at, word, anchor }) => text([left + at * (right - left), bottom + 18], word, anchor || 'middle'))
  place.replaceChildren(svg)
}

// Points whose coordinates go from 0 to 1 as the path of a line; one that is no number parts it.
function path(points) {
  let isBegun = false
  return points
    .map(([x, y]) => {
      const isThere = Number.isFinite(x) && Number.isFinite(y)
      const [left, top] = place([x, y])
      const step = isThere ? `${isBegun ? 'L' : 'M'}${left} ${top}` : ''
      isBegun = isThere
      return step
    })
    .join('')
}

function place([x, y]) {
  const within = Math.min(1, Math.max(0, y))
  return [AREA.left + x * (AREA.right - AREA.left), AREA.bottom - within * (AREA.bottom - AREA.top)].map((at) => at.toFixed(1))
}

const number = (value) => (Number.isFinite(value) ? String(Number(value.toPrecision(5))).replace('-', '−') : '–')

// The least and greatest of many scores at each of a few hundred places, and whether there is an alarm.
function stretches(scores, anomalous) {
  const length = Math.ceil(scores.length / 600)
  const found = []
  for (let at = 0; at < scores.length; at += length) {
    let low = Infinity, high = -Infinity, alarm = false
    for (let n = at; n < Math.min(at + length, scores.length); n++) {
      if (scores[n] < low) low = scores[n]
      if (scores[n] > high) high = scores[n]
      alarm ||= anomalous[n] === 1
    }
    found.push({ at: (at + length / 2) / scores.length, low, high, alarm })
  }
  return found
}

function drawCourse(where, { scores, anomalous, sources }, threshold) {
  const parts = stretches(scores, anomalous)
  const middles = parts.map(({ low }) => low).filter(Number.isFinite).sort((a, b) => a - b)
  const at = (part) => middles[Math.floor(part * (middles.length - 1))] ?? 0
  const high = Math.max(...parts.map((part) => part.high).filter(Number.isFinite), at(1))
  let low = Math.max(at(0), at(0.5) - 10 * Math.max(at(0.75) - at(0.25), 0.5))
  if (threshold !== undefined && threshold > low - 2 * (high - low)) low = Math.min(low, threshold)
  const span = high - low || 1
  const y = (score) => (score - low) / span
  const around = [...parts.map((part) => [part.at, y(part.low)]), ...parts.map((part) => [part.at, y(part.high)]).reverse()]
  const marks = [
    element('path', { class: 'area', d: path(around) + 'Z' }),
    element('path', { class: 'line first', d: path(parts.map((part) => [part.at, y(part.low)])) }),
  ]
  if (threshold !== undefined) marks.push(element('path', { class: 'rule', d: path([[0, y(threshold)], [1, y(threshold)]]) }))
  const alarms = parts.filter(({ alarm }) => alarm).map((part) => place([part.at, 0]))
  marks.push(element('path', { class: 'dots alarm', d: alarms.map(([x, top]) => `M${x} ${top}h0`).join('') }))
  const x = [
    { at: 0, word: `row ${sources[0] + 1}`, anchor: 'start' },
    { at: 1, word: `row ${sources[sources.length - 1] + 1}`, anchor: 'end' },
  ]
  draw(where, `Scores of ${scores.length} frames`, { x, y: [number(low), number(high)], marks })
}

// Frames, column by column, the steps of each side by side.
function drawFrames(where, title, about, ranges, frames) {
  const width = about.columns.length, window = about.window
  const slots = width * (window + 1)
  const curve = (frame) => {
    const points = []
    for (let column = 0; column < width; column++) {
      const [low, high] = ranges[column]
      for (let step = 0; step < window; step++) {
        const value = frame[step * width + column]
        points.push([(column * (window + 1) + step + 0.5) / slots, (value - low) / (high - low || 1)])
      }
      if (window > 1) points.push([NaN, NaN])
    }
    return points
  }
  const marks = frames.map(({ frame, tone }) => element('path', { class: `line ${tone}`, d: path(curve(frame)) }))
  const every = Math.ceil(width / 8)
  const names = about.columns.map(({ name }, column) => ({ at: (column + 0.45) / width, word: [...name].slice(0, 14).join('') }))
  draw(where, title, { x: names.filter((_, n) => n % every === 0), y: ['lowest', 'highest'], marks })
}
