// Setup of every drill spec: vitest runs it for each file, and Node loads its imports once.
import { openSession } from './session.ts'
import { drilling } from './drilling.ts'

openSession(drilling)
