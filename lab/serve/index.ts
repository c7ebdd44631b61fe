// A lab in real time on the loopback: an API for kubectl, programs for a PATH, ports, and the files
// of its host.
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KubeObject } from '#src/model/kube.ts'
import { createLab, type Lab, type WorldSeed } from '#lab/lab.ts'
import { kubeconfigFor, withCertificates } from './kubeconfig.ts'
import { makeCertificates } from './certificates.ts'
import { openCommands } from './commands.ts'
import { mirror } from './mirror.ts'
import { pace } from './pace.ts'
import { openPorts } from './ports.ts'
import { writePrograms } from './programs.ts'
import { relocated, type Moves } from './relocate.ts'

export interface ServeOptions {
  world: WorldSeed
  manifests: readonly KubeObject[]
  seed: number
  /** Virtual ms for each real one. */
  speed: number
  /** Of the API server, for as long as the lab is served; 0: a free one. */
  port: number
  /**
   * A kubectl of the lab's own goes into the PATH folder: for hosts without a real one. It knows
   * `config` only.
   */
  kubectl: boolean
  /** The Node with which the programs run. */
  node: string
  /** False: the world's host ports are not listened on, only the API server's. Default true. */
  hostPorts?: boolean
  /** Where its folder is made. Default: the temporary folder of the system. */
  parent?: string
  /** Hears of what breaks the lab; it stands still then. */
  failed(error: unknown): void
}

/** What was opened. All of it is on the loopback and in one folder that only its user can read. */
export interface ServedLab {
  readonly lab: Lab
  /** Holds everything below, and nothing else. */
  readonly folder: string
  readonly url: string
  readonly token: string
  /** The CA of the API server, PEM. */
  readonly ca: string
  /** Leads to `url` with the token. */
  readonly kubeconfig: string
  /** HOME of the simulated host, with its own `.kube/config`. */
  readonly home: string
  /** The PATH folder. */
  readonly programs: string
  readonly programNames: readonly string[]
  ports(): { open: readonly number[]; taken: readonly number[] }
  /**
   * Data that speaks of the world's files, such as a policy, as it is about the files in `folder`.
   */
  moved<T>(data: T): T
  /** Ends everything and removes `folder`. Returns how many requests the API has answered. */
  stop(): Promise<{ requests: number }>
}

/**
 * How long a world lives before anybody sees it, ms: longer than its boot takes. Its clock then
 * shows the real time.
 */
const youth = 2 * 3_600_000
/** How often ports and files follow the world, real ms. */
const interval = 200

/** Boots the world and serves it until `stop`. Rejects when the port is taken. */
export async function serveLab(options: ServeOptions): Promise<ServedLab> {
  const folder = mkdtempSync(join(options.parent ?? tmpdir(), 'holdfast-lab-'))
  chmodSync(folder, 0o700)
  try {
    return await serveIn(folder, options)
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

async function serveIn(folder: string, options: ServeOptions): Promise<ServedLab> {
  const { world, seed, manifests, speed } = options
  const home = join(folder, 'home')
  const moves: Moves = [
    [world.host.home, home],
    ['/Volumes', join(folder, 'volumes')],
  ]
  const certificates = makeCertificates(Date.now())
  const host = withCertificates(relocated(world.host, moves), certificates)
  const lab = createLab({ ...world, host, startsAt: Date.now() - youth }, { seed, manifests })
  lab.api.connectKubelets(lab.node)
  const { clock } = lab.context
  clock.advance(Math.max(0, Date.now() - clock.now()))

  const token = randomBytes(32).toString('hex')
  const candidates = world.host.processes.flatMap(({ listens }) =>
    (listens ?? []).map(({ port }) => port),
  )
  const ports = openPorts({
    lab,
    token,
    certificates,
    candidates,
    ofHost: options.hostPorts ?? true,
  })
  const clockwork = pace(clock, { speed, failed: options.failed })
  const files = mirror(lab.runtime.files, folder)
  const socket = join(folder, 'lab.sock')
  const commands = await openCommands(socket, lab.runtime.shell, () => files.sync()).catch(
    (error: unknown) => {
      clockwork.stop()
      throw error
    },
  )
  let work = Promise.resolve()
  const follow = (): void => {
    work = work
      .then(() => Promise.all([ports.sync(), files.sync()]))
      .then(() => undefined)
      .catch(options.failed)
  }
  const timer = setInterval(follow, interval)
  const end = async (): Promise<void> => {
    clearInterval(timer)
    clockwork.stop()
    await work
    commands.close()
    await ports.close()
  }
  try {
    const port = await ports.fixed(options.port)
    await ports.sync()
    mkdirSync(home, { recursive: true, mode: 0o700 })
    await files.sync()
    const url = `https://127.0.0.1:${port}`
    const kubeconfig = join(folder, 'kubeconfig')
    writeFileSync(kubeconfig, kubeconfigFor({ server: url, ca: certificates.ca, token }), {
      mode: 0o600,
    })
    const programs = join(folder, 'bin')
    return {
      lab,
      folder,
      url,
      token,
      kubeconfig,
      home,
      programs,
      ca: certificates.ca,
      programNames: writePrograms(programs, {
        socket,
        kubectl: options.kubectl,
        node: options.node,
      }),
      ports: () => ({ open: ports.open(), taken: ports.taken() }),
      moved: data => relocated(data, moves),
      async stop() {
        await end()
        rmSync(folder, { recursive: true, force: true })
        return { requests: lab.api.log.length }
      },
    }
  } catch (error) {
    await end()
    throw error
  }
}
