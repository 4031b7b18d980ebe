/** What is shown of the sandbox. */
export { createDisplay, type Display } from './display.ts'
export { seconds } from './frame.ts'
export { type Summary, summary } from './summary.ts'
