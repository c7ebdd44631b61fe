// Faults that no command can cause, or that must take effect at once. Tests, worlds and drills use
// them.
import { containerControls, type ContainerControls } from './faults/containers.ts'
import { fileControls, type FileControls } from './faults/files.ts'
import { processControls, type ProcessControls } from './faults/processes.ts'
import { serverControls, type ServerControls } from './faults/servers.ts'
import { vmControls, type VmControls } from './faults/vm.ts'
import type { Mac } from './mac.ts'

export interface FaultControls
  extends VmControls, ContainerControls, ProcessControls, FileControls, ServerControls {}

/** The fault controls of this host. */
export const createFaultControls = (mac: Mac): FaultControls => ({
  ...vmControls(mac),
  ...containerControls(mac),
  ...processControls(mac),
  ...fileControls(mac),
  ...serverControls(mac),
})
