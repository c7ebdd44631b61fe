// What every adapter works with: the reach, the time left and the signal that ends it all.
import type { Asking } from '#src/model/question.ts'

/** The part of {@link Asking} that adapters need; `deadline` in ms holds for each command or request. */
export type Tools = Pick<Asking, 'reach' | 'deadline' | 'signal'>
