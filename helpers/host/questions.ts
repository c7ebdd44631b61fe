// Questions to the host and its VM: Docker, Colima, ssh, kernel, disks, launchd jobs, processes,
// backups.
import { CommandError } from '#src/commands/command.ts'
import { colima, paths, type ColimaStatus } from '#helpers/colima/client.ts'
import { diskUse, type DiskUse } from '#helpers/colima/disks.ts'
import { docker, type ContainerView } from '#helpers/docker/client.ts'
import { readPlist, type Plist } from '#helpers/launchd/client.ts'
import { portForwards, type HostProcess } from './processes.ts'
import { vm } from '#helpers/colima/vm.ts'
import type { Policy, PolicyNode, Question, Answers } from '#src/model/index.ts'

const profileOf = (policy: Policy): string => policy.host?.profile ?? 'default'

/** The socket of the Docker that carries the node containers. */
export const socketOf = (home: string, policy: Policy): string | undefined =>
  policy.host === undefined ? undefined : paths(home, policy.host.profile).socket

/** The node container as Docker sees it now. */
export const nodeContainer = (name: string): Question<ContainerView> => ({
  key: `docker.inspect.${name}`,
  description: `inspect the node container ${name}`,
  origin: 'docker',
  needs: ['docker'],
  ask: asking =>
    docker(asking, { socket: socketOf(asking.runtime.home, asking.policy) }).inspect(name),
})

const containersOf = (nodes: readonly PolicyNode[]) =>
  nodes.flatMap(({ container }) => (container === undefined ? [] : [nodeContainer(container.name)]))

/** A question for each node that is a container of the host's Docker. */
export const nodeContainers = (policy: Policy): readonly Question<ContainerView>[] =>
  containersOf(policy.nodes)

/** The same for the control planes alone, which carry the API. */
export const carrierContainers = (policy: Policy): readonly Question<ContainerView>[] =>
  containersOf(policy.nodes.filter(node => node.role === 'control-plane'))

/**
 * Host ports at which a container-side port of a control plane is published now, by the containers
 * that Docker shows.
 */
export const mappedNow = (answers: Answers, policy: Policy, container: number): readonly number[] =>
  carrierContainers(policy).flatMap(question => {
    const answer = answers.to(question)
    return answer.kind === 'known'
      ? answer.value.bindings
          .filter(binding => binding.container === container)
          .map(binding => binding.host)
      : []
  })

/** What Colima says of itself. Its own word only: three other questions check it. */
export const colimaSays = (policy: Policy): Question<ColimaStatus> => ({
  key: 'colima.status',
  description: 'ask Colima for its status',
  origin: 'colima',
  needs: ['colima'],
  // Less than the question's own time: that it hangs is an answer, too.
  ask: asking => colima({ ...asking, deadline: asking.deadline * 0.8 }, profileOf(policy)).status(),
})

/**
 * Whether something works, with the reason where it does not: for facts in which “no” is an answer.
 */
export type Works = { works: true } | { works: false; why: string }

/**
 * A program that is not there, or prints rubbish, says nothing of what it was asked about: only its
 * own “no” and its silence do.
 */
async function works(attempt: Promise<unknown>): Promise<Works> {
  try {
    await attempt
    return { works: true }
  } catch (error) {
    if (!(error instanceof CommandError) || error.exit.kind === 'missing') throw error
    return { works: false, why: error.message }
  }
}

/** The Docker socket on the host answers. */
export const dockerSocket: Question<Works> = {
  key: 'docker.socket',
  description: 'ask Docker through its socket',
  origin: 'docker',
  needs: ['docker'],
  ask: asking =>
    works(
      docker(
        { ...asking, deadline: asking.deadline * 0.8 },
        { socket: socketOf(asking.runtime.home, asking.policy) },
      ).info(),
    ),
}

/**
 * ssh reaches the VM itself: not through the master's socket, which can outlive what it leads to.
 * @source colima, recorded: frozen VM
 */
export const vmSsh = (policy: Policy): Question<Works> => ({
  key: 'vm.ssh',
  description: 'reach the VM by ssh',
  origin: 'ssh',
  needs: ['vm-ssh'],
  ask: asking =>
    works(
      vm({ ...asking, deadline: asking.deadline * 0.8 }, profileOf(policy)).run(['true'], {
        mux: false,
      }),
    ),
})

/** Docker answers inside the VM, whatever its socket on the host does. */
export const vmDocker = (policy: Policy): Question<Works> => ({
  key: 'vm.docker',
  description: 'ask Docker inside the VM',
  origin: 'ssh',
  needs: ['vm-ssh'],
  ask: asking =>
    works(
      vm({ ...asking, deadline: asking.deadline * 0.8 }, profileOf(policy)).run(
        ['docker', 'info'],
        { mux: false },
      ),
    ),
})

/**
 * Use of the policy's file systems, seen in the VM. One that is not there is left out, and hides
 * none of the others.
 */
export const disks = (policy: Policy): Question<readonly DiskUse[]> => ({
  key: 'vm.disks',
  description: 'read the disks of the VM',
  origin: 'df in the VM',
  needs: ['vm-ssh'],
  async ask(asking) {
    const found = await Promise.all(
      policy.storage.disks.map(({ path }) =>
        diskUse(asking, profileOf(policy), [path]).catch((error: unknown) => {
          if (isAbsent(error)) return []
          throw error
        }),
      ),
    )
    return found.flat()
  },
})

/** Name, size and users. @source Linux, proc(5): /proc/modules */
const isModule = (line: string): boolean => /^\S+ \d+ -?\d+ /.test(line)

/**
 * A program in the VM exited 1 because a file is missing: that is an answer. ssh's own failure
 * (255) is not, even where it misses a file of its own.
 */
const isAbsent = (error: unknown): boolean =>
  error instanceof CommandError &&
  error.exit.kind === 'exited' &&
  error.exit.code === 1 &&
  /No such file/.test(error.exit.stderr)

/** Modules of the VM's kernel, and the values of the policy's sysctls (undefined: not there). */
export const kernel = (
  policy: Policy,
): Question<{ modules: readonly string[]; sysctls: Readonly<Record<string, string | null>> }> => ({
  key: 'vm.kernel',
  description: 'read modules and sysctls of the VM',
  origin: 'ssh',
  needs: ['vm-ssh'],
  async ask(asking) {
    const remote = vm(asking, profileOf(policy))
    const listed = await remote.run(['cat', '/proc/modules'], { mux: true })
    const lines = listed.split('\n').filter(Boolean)
    const strange = lines.find(line => !isModule(line))
    if (strange !== undefined)
      throw new Error(
        `/proc/modules of the VM holds a line that is none of a module: “${strange.slice(0, 80)}”`,
      )
    const modules = lines.map(line => line.split(' ')[0] ?? '')
    const values = await Promise.all(
      Object.keys(policy.network.sysctls).map(async key => {
        const path = `/proc/sys/${key.replaceAll('.', '/')}`
        const value = await remote.run(['cat', path], { mux: true }).then(
          text => text.trim(),
          (error: unknown) => {
            if (isAbsent(error)) return null
            throw error
          },
        )
        return [key, value] as const
      }),
    )
    return { modules, sysctls: Object.fromEntries(values) }
  },
})

/** A launchd job's plist; null where there is none. */
export const plist = (path: string): Question<Plist | null> => ({
  key: `launchd.plist.${path}`,
  description: `read ${path}`,
  origin: 'plutil',
  needs: ['launchd'],
  ask: asking => readPlist(asking, path),
})

/** A file's text; null where there is none. */
export const fileText = (path: string): Question<string | null> => ({
  key: `file.${path}`,
  description: `read ${path}`,
  origin: 'file',
  needs: ['launchd'],
  ask: async ({ runtime }) => (await runtime.files.read(path)) ?? null,
})

export interface Forward extends HostProcess {
  /** The port on this host that it holds; undefined where its words do not say. */
  local: number | undefined
  /** Whether anything comes back from that port: a connection alone proves nothing. */
  answers: boolean
}

/** How long a forward may take to answer, ms. */
const forwardPatience = 2_000

/** Processes that are a `kubectl port-forward`, and whether they still forward. */
export const forwards: Question<readonly Forward[]> = {
  key: 'processes.port-forwards',
  description: 'look for kubectl port-forward processes',
  origin: 'ps',
  needs: ['processes'],
  ask: async asking =>
    Promise.all(
      (await portForwards(asking)).map(async process => {
        const local = Number(/(?:^|\s)(\d+):\d+(?:\s|$)/.exec(process.args)?.[1] ?? Number.NaN)
        if (Number.isNaN(local)) return { ...process, local: undefined, answers: true }
        const { kind } = await asking.runtime.net.http(`http://127.0.0.1:${local}/`, {
          deadline: forwardPatience,
          signal: asking.signal,
        })
        // Any end of the connection but silence comes from somebody alive.
        return { ...process, local, answers: kind !== 'silent' }
      }),
    ),
}

/** Files of a backup folder. */
export const backupFiles = (
  folder: string,
): Question<readonly { name: string; bytes: number; modifiedAt: number }[]> => ({
  key: `backups.${folder}`,
  description: `list the backups in ${folder}`,
  origin: 'file',
  needs: ['backups'],
  ask: ({ runtime }) => runtime.files.list(folder),
})
