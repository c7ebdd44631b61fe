// The lab fulfils the same contract as the real runtime.
import { runtimeContract } from '#tests/runtime/contract.ts'
import { newLab } from './world.ts'

const lab = newLab()

runtimeContract('the lab', () => ({ runtime: lab.runtime, folder: '/Users/joel/contract' }))
