export { createInventory, type Inventory } from './inventory.ts'
export {
  decidePrune,
  deletionBudget,
  type PrunePlan,
  type PruneQuestion,
  type RetainReason,
} from './prune.ts'
export type { AppRecord, OwnedObject } from './record.ts'
