import type { Problem, StepState } from '../ipc';

/** One step as the ladder shows it. */
export interface Rung {
  step: string;
  state: StepState | 'running' | 'waiting';
  ms: number;
  message: string;
  /** Of a warning. */
  remedy?: string;
  problem: Problem | null;
  detail?: Record<string, unknown>;
  /** When it began, while it runs. */
  begun?: string;
}
