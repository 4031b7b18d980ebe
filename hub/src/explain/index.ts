/** Why a field of a rendered object has the value it has: file, line, commit, and who overrode whom. */
export { type ExplainEdges, type ExplainedFleet, explain } from './explain.ts'
export { createExplainer, type Explainer, type ExplainerEdges } from './explainer.ts'
export type { ClusterValue, ExplainedField, ExplainedVariable, Explanation, Writer } from './explanation.ts'
export type { Question } from './scope.ts'
