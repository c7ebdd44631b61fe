// The profile that may be broken.
import { env } from 'node:process'
import { profileVariable } from './needs.ts'

export const profile = env[profileVariable] ?? 'default'
