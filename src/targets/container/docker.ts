// Finds the Docker of this host, the same for the command line and for testcontainers.
import { env } from 'node:process'
import { liveShell } from '#src/targets/live/shell.ts'

/** The deadline of one docker command, ms. */
const patience = 20_000

/** Docker is missing or refused a request. The message completes “--target container …”. */
export class NoDocker extends Error {
  /** What a person does about it, without a full stop. */
  readonly remedy: string
  constructor(message: string, options: ErrorOptions & { remedy?: string } = {}) {
    super(message, options)
    this.remedy = options.remedy ?? 'Start Docker'
  }
}

/**
 * Runs docker on this host and resolves with its stdout. Rejects with NoDocker and its first line
 * of stderr.
 */
export async function dockerSays(words: readonly string[], deadline = patience): Promise<string> {
  const exit = await liveShell().run(['docker', ...words], { deadline })
  if (exit.kind === 'missing')
    throw new NoDocker('needs Docker: docker is not installed, or not on the PATH', {
      remedy: 'Install Docker',
    })
  if (exit.kind === 'timed-out')
    throw new NoDocker(
      `needs Docker: docker ${words[0]} did not answer within ${deadline / 1000} s`,
    )
  if (exit.code !== 0) {
    const said = exit.stderr.split('\n').find(line => line.trim() !== '')
    throw new NoDocker(
      `needs Docker: ${said?.trim() ?? `docker ${words[0]} ended with ${exit.code}`}`,
    )
  }
  return exit.stdout
}

/**
 * Checks that Docker answers, and points testcontainers to the Docker of the command line.
 * testcontainers reads DOCKER_HOST, but not the contexts with which Colima and OrbStack are chosen.
 * Throws NoDocker.
 */
export async function findDocker(): Promise<void> {
  // Older clients exit 0 without a daemon, so the version of the server is the proof.
  const version = (await dockerSays(['info', '--format', '{{.ServerVersion}}'])).trim()
  if (version === '') throw new NoDocker('needs Docker: no Docker daemon answers')
  if (env['DOCKER_HOST'] !== undefined) return
  const host = (
    await dockerSays(['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}']).catch(
      () => '',
    )
  ).trim()
  if (host !== '') env['DOCKER_HOST'] = host
}
