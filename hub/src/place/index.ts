/** Which app runs on which cluster in which release. Pure: no I/O, no clock. */
export { type FleetReleases, type KeptReleases, type PlaceableRelease, variantOn } from './offer.ts'
export { type Placement, placeFleet } from './place.ts'
export { matches } from './selector.ts'
