// Versions of Docker on the host and in the VM.
import type { Mac } from '#lab/host/mac.ts'

/** @source measured with Docker CLI 28.2.2, API 1.50 */
export const clientVersion = '28.2.2'
export const apiVersion = '1.50'
export const dockerVersion = (mac: Mac): string => mac.seed.vm.dockerVersion ?? '29.0.1'
