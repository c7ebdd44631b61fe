// The lab keeps the same promises as the live world.
import { reachContract } from '#tests/runtime/contract.ts'
import { newLab } from './world.ts'

const lab = newLab()

reachContract('the lab', () => ({ runtime: lab.runtime, folder: '/Users/joel/contract' }))
