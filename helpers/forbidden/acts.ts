// The acts that are never done, as data, and the error of whoever asks for one.

import type { ForbiddenActKind } from '#src/commands/forbidden-act.ts'

/** Every act that the guard refuses. */
export const forbiddenActs = [
  {
    name: 'delete-claim',
    description: 'delete a PersistentVolumeClaim',
    why: 'its volume and all data on it go with it: the reclaim policy of local volumes is Delete',
  },
  {
    name: 'delete-volume',
    description: 'delete a PersistentVolume or a Docker volume',
    why: 'the data on it is lost',
  },
  {
    name: 'delete-namespace',
    description: 'delete a namespace',
    why: 'every claim in it is deleted with it, and with them the data',
  },
  {
    name: 'destroy-cluster',
    description: 'destroy, reset or remove a cluster or a node container',
    why:
      'its state and its volumes are gone; ' +
      'a rebuild is a decision of a person with backups at hand',
  },
  {
    name: 'delete-vm',
    description: 'delete the VM or its files',
    why: 'all volumes of the cluster are on its disk',
  },
  {
    name: 'exec-into-talos',
    description: 'execute something in a Talos node container',
    why: 'Talos has no shell; what acts in a node goes through its API or the kernel of the VM',
  },
  {
    name: 'kill-by-pattern',
    description: 'kill processes by pattern, by group or several at once',
    why:
      'a pattern also matches what it was not meant for; ' +
      'a process is killed by its one id, after a look at what it is',
  },
  {
    name: 'kill-ssh-mux',
    description: 'end the ssh master of Colima or remove its socket',
    why:
      'forwarded ports and the Docker socket go through it, and the socket is not forwarded ' +
      'again before the VM restarts',
  },
  {
    name: 'port-forward',
    description: 'forward a port with kubectl',
    why:
      'the tunnel ends silently with its pod, and whoever relies on it sees an outage of a ' +
      'healthy service',
  },
] as const satisfies readonly ForbiddenActKind[]

export type ForbiddenName = (typeof forbiddenActs)[number]['name']

/** The act of a name, with what it destroys. */
export const forbiddenAct = (name: ForbiddenName): ForbiddenActKind =>
  forbiddenActs.find(act => act.name === name)!

/** What a command is judged by besides its words. */
export interface CommandContext {
  /** Containers that nothing may be executed in. */
  readonly noExec: 'all' | readonly string[]
  /** Acts that are let through. */
  readonly except: readonly ForbiddenName[]
  readonly stdin?: string | undefined
}

/** The forbidden act that a command would be, or undefined. */
export type Judge = (words: readonly string[], context: CommandContext) => ForbiddenName | undefined
