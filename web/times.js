// Times of a table, as the program reads them: where a step is longer than a model's windows may go across.
'use strict'

function elbowTimes() {
  const SECOND = 1_000_000_000n
  const UNITS = {
    ns: 1n, us: 1_000n, ms: 1_000_000n, s: SECOND, m: 60n * SECOND, h: 3_600n * SECOND, day: 86_400n * SECOND,
    month: 2_630_016n * SECOND, year: 31_557_600n * SECOND,
  }
  const DATES = {
    yearFirst: /^(?<year>\d{4})([-/.])(?<month>\d\d?)\2(?<day>\d\d?)(?<clock>.*)$/,
    dayFirst: /^(?<day>\d\d?)([-/.])(?<month>\d\d?)\2(?<year>\d{4})(?<clock>.*)$/,
    // with points, days come first wherever this is written
    monthFirst: /^(?<month>\d\d?)([-/])(?<day>\d\d?)\2(?<year>\d{4})(?<clock>.*)$/,
  }
  const CLOCK = /^[Tt ] *(\d\d?):(\d\d)(?::(\d\d))?(?:[.,](\d*))? *([AaPp][Mm])?(?:|Z|UTC|GMT|([+-])(\d\d):?(\d\d)?)$/i
  const EPOCH = /^(\d{9,19})(?:[.,](\d*))?$/

  const fraction = (digits, unit) => (BigInt((digits || '').slice(0, 9).padEnd(9, '0')) * unit) / SECOND

  // Nanoseconds since 1970 in UTC; nothing where a cell is no time in this form.
  function dated(cell, form) {
    const found = DATES[form].exec(cell)?.groups
    if (!found) return
    const [year, month, day] = [found.year, found.month, found.day].map(Number)
    const date = new Date(0)
    date.setUTCFullYear(year, month - 1, day)
    if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return
    const midnight = BigInt(date.getTime()) * 1_000_000n
    if (found.clock === '') return midnight
    const clock = CLOCK.exec(found.clock)
    if (!clock) return
    const [written, minute, second, hours, minutes] = [1, 2, 3, 7, 8].map((n) => Number(clock[n] ?? 0))
    const half = clock[5]?.toUpperCase()
    if (half && (written < 1 || written > 12)) return
    const hour = half ? (written % 12) + (half === 'PM' ? 12 : 0) : written
    // 60 is a leap second
    if (hour > 23 || minute > 59 || second > 60 || hours > 23 || minutes > 59) return
    const zone = (clock[6] === '-' ? -60 : 60) * (60 * hours + minutes)
    return midnight + BigInt(3600 * hour + 60 * minute + second - zone) * SECOND + fraction(clock[4], SECOND)
  }

  // A number of seconds since 1970, or of thousandths, millionths, billionths of them, by its digits.
  function counted(cell, unit) {
    const found = EPOCH.exec(cell)
    if (!found) return
    const number = BigInt(found[1]), seconds = number / (SECOND / unit)
    if (seconds >= 100_000_000n && seconds < 10_000_000_000n) return number * unit + fraction(found[2], unit)
  }

  const dates = Object.keys(DATES).map((form) => (cell) => dated(cell, form))
  const FORMS = [...dates, ...[SECOND, 1_000_000n, 1_000n, 1n].map((unit) => (cell) => counted(cell, unit))]

  // The times of cells in the form that reads all; of several the one in which time does not run back and less of it goes by.
  function timesOf(cells) {
    const all = FORMS.map((form) => {
      const times = []
      for (const cell of cells) {
        const time = form(cell)
        if (time === undefined) return
        times.push(time)
      }
      return times
    }).filter(Boolean)
    if (all.length < 2) return all[0]
    const span = (times) => times[times.length - 1] - times[0]
    const rising = all.filter((times) => times.every((time, n) => n === 0 || time >= times[n - 1]))
    return rising.reduce((best, times) => (best && span(best) <= span(times) ? best : times), undefined)
  }

  // A span such as `1h 30m`, as a model file has it.
  function span(text) {
    const parts = [...text.matchAll(/(\d+)\s*(ns|us|ms|s|m|h|day|month|year)s?(?=\s|$)/g)]
    return parts.reduce((sum, [, count, unit]) => sum + BigInt(count) * UNITS[unit], 0n)
  }

  // Of each row whether time goes back to it, or on by more than the gap.
  function breaks(cells, gap, column) {
    if (cells.length === 0) return []
    const times = timesOf(cells.map((cell) => cell.trim()))
    if (!times) throw new Error(`the column ${column} ends windows, and not all its cells are times such as 2024-03-01T12:00`)
    const longest = span(gap)
    // what is no span ends nothing
    return times.map((time, n) => n > 0 && longest > 0n && (time < times[n - 1] || time - times[n - 1] > longest))
  }

  return { breaks }
}

if (typeof module !== 'undefined') module.exports = { elbowTimes }
