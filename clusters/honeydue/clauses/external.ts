// Failures of external services that honeydue uses.
import { under } from '#clusters/honeydue/cite.ts'

const level = 'Failure catalog › External service failures'

export const external = [
  ...under(`${level} › Neon Postgres outage`, [
    {
      id: 'external.database-outage',
      kind: 'failure-mode',
      statement:
        'During a Neon outage every mutating api call fails, and the api logs “failed to ' +
        'connect to database”.',
    },
    {
      id: 'external.cached-reads-go-on',
      kind: 'failure-mode',
      statement: 'During a Neon outage reads continue from the Redis cache until it expires.',
    },
    {
      id: 'external.database-is-waited-for',
      kind: 'rule',
      statement:
        'A Neon outage needs no action. Users see 5xx until Neon is back, ' +
        'and then the api works again.',
    },
    {
      id: 'external.database-failover',
      kind: 'must',
      statement:
        'Planned for the future: the database has a read replica in another region, ' +
        'or Postgres-level failover.',
    },
    {
      id: 'external.database-outages-happen',
      kind: 'lesson',
      statement:
        'Neon outages of several hours are expected: there have been a handful since its launch.',
    },
  ]),
  ...under(`${level} › Backblaze B2 outage`, [
    {
      id: 'external.uploads-fail',
      kind: 'failure-mode',
      statement: 'Image uploads fail during a B2 outage.',
    },
    {
      id: 'external.uncached-images-fail',
      kind: 'failure-mode',
      statement: 'During a B2 outage Cloudflare still delivers its cached images, and only those.',
    },
    {
      id: 'external.images-are-waited-for',
      kind: 'rule',
      statement: 'A B2 outage, which is rare, needs no action: the operator waits it out.',
    },
    {
      id: 'external.images-cached-long',
      kind: 'must',
      statement:
        'Cloudflare caches downloads for a long time, so that most readers notice no brief B2 ' +
        'outage.',
    },
  ]),
  ...under(`${level} › Fastmail SMTP unreachable`, [
    {
      id: 'external.mail-not-sent',
      kind: 'failure-mode',
      statement:
        'While Fastmail is unreachable, the worker sends no transactional email and keeps each ' +
        'job after its first failure.',
    },
    {
      id: 'external.mail-is-retried',
      kind: 'failure-mode',
      statement:
        'Asynq retries mail jobs by its policy and sends them when Fastmail is back in time.',
    },
    {
      id: 'external.mail-is-given-up',
      kind: 'failure-mode',
      statement: 'Asynq gives up a mail job that has no retries left, and logs an error.',
    },
    {
      id: 'external.mail-is-queued-again',
      kind: 'rule',
      statement:
        'The operator can queue abandoned mail jobs again from the Asynq UI, once it is exposed.',
    },
  ]),
  ...under(`${level} › Gitea registry unreachable`, [
    {
      id: 'external.rollout-waits-for-image',
      kind: 'failure-mode',
      statement:
        'While the image registry is unreachable, a rollout waits for the images of its new pods.',
      provenBy: ['newest-templates-run', 'no-pod-is-stuck', 'drill:image-missing'],
    },
    {
      id: 'external.pulled-images-run',
      kind: 'failure-mode',
      statement:
        'While the image registry is unreachable, existing pods keep running with their images.',
      provenBy: ['newest-templates-run', 'drill:image-missing'],
    },
    {
      id: 'external.images-come-back',
      kind: 'rule',
      statement:
        'An outage of the image registry needs no action: the rollout continues afterwards.',
    },
    {
      id: 'external.pull-if-not-present',
      kind: 'must',
      statement:
        'Images have SHA tags and the pull policy IfNotPresent: ' +
        'a restart needs no registry when the node has the image.',
      provenBy: ['images-are-pinned', 'images-start-from-cache'],
    },
  ]),
  ...under(`${level} › Cloudflare DNS failure`, [
    {
      id: 'external.cloudflare-names',
      kind: 'failure-mode',
      statement: 'A Cloudflare DNS failure is handled like the other failures at the edge.',
    },
  ]),
]
