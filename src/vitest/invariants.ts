// Setup of every invariant spec: vitest runs it for each file, and Node loads its imports once.
import { openSession } from './session.ts'
import { judging } from './judging.ts'

openSession(judging)
