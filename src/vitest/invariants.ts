// Setup of every invariant spec: vitest runs it anew for each file, Node loads what it imports
// once.
import { openSession } from './session.ts'
import { judging } from './judging.ts'

openSession(judging)
