import { pino } from 'pino'
import type { Log } from './log.ts'

/** One JSON object per line on standard output, with the same attribute names as spans and reports. */
export const createJsonLog = (level: 'debug' | 'info' | 'warn' | 'error' | 'silent'): Log =>
  pino({
    level,
    base: { service: 'roadstead-agent' },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  })
