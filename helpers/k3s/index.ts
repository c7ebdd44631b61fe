// k3s: Kubernetes as one program.
import type { Platform } from '#src/model/platform/platform.ts'
import { programs } from './forbidden.ts'

export const k3s: Platform<{}> = { name: 'k3s', programs }
