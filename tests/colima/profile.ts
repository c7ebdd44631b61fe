// The profile that the tests may break.
import { env } from 'node:process'
import { profileVariable } from './needs.ts'

export const profile = env[profileVariable] ?? 'default'
