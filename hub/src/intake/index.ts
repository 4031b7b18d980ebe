export { createIntake, type Intake, type IntakeEdges, type IntakeOptions } from './intake.ts'
