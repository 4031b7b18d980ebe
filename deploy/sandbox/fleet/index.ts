/** The fleet repository as the sandbox uses it. */
export { openClone, push, pushSampleFleet, sampleClusters } from './sample.ts'
