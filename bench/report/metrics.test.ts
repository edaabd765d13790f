// Figures for people.
import { expect, test } from 'vitest'
import { formatFigure, formatRatio } from './metrics.ts'

test('a figure has three significant digits and its unit', () => {
  expect(formatFigure('cpuUsPerDelivery', 0.3204)).toBe('0.320 µs')
  expect(formatFigure('cpuUsPerDelivery', 1.3661)).toBe('1.37 µs')
  expect(formatFigure('cpuUsPerDelivery', 11.52)).toBe('11.5 µs')
  expect(formatFigure('cpuUsPerDelivery', 546.4)).toBe('546 µs')
})

test('a figure that is rounded up to the next power of ten keeps three digits', () => {
  expect(formatFigure('cpuUsPerDelivery', 9.996)).toBe('10.0 µs')
  expect(formatFigure('cpuUsPerDelivery', 0.9999)).toBe('1.00 µs')
  expect(formatFigure('cpuUsPerDelivery', 99.97)).toBe('100.0 µs')
})

test('large counts have their thousands apart', () => {
  expect(formatFigure('deliveriesPerSecond', 3_091_234)).toBe('3,091,234')
})

test('a share is a percentage', () => {
  expect(formatFigure('deliveredShare', 1)).toBe('100 %')
  expect(formatFigure('deliveredShare', 0.554)).toBe('55.4 %')
})

test('what is no number is a dash', () => {
  expect(formatFigure('cpuUsPerDelivery', Number.NaN)).toBe('–')
})

test('small ratios have a digit more', () => {
  expect(formatRatio(0.0361)).toBe('0.036')
  expect(formatRatio(0.854)).toBe('0.85')
})
