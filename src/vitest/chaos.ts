// Setup of every drill spec: vitest runs it anew for each file, Node loads what it imports once.
import { openSession } from './session.ts'
import { drilling } from './drilling.ts'

openSession(drilling)
