// Failures of services that honeydue uses and does not run.
import { under } from '#clusters/honeydue/cite.ts'

const level = 'Failure catalog › External service failures'

export const external = [
  ...under(`${level} › Neon Postgres outage`, [
    {
      id: 'external.database-outage',
      kind: 'failure-mode',
      statement:
        'In an outage of Neon every mutating call of the api fails, and its log says “failed to connect to database”.',
    },
    {
      id: 'external.cached-reads-go-on',
      kind: 'failure-mode',
      statement: 'Reads go on from the cache in Redis until it expires.',
    },
    {
      id: 'external.database-is-waited-for',
      kind: 'rule',
      statement:
        'Nothing of ours acts on an outage of Neon; users see 5xx until it is back, and the api then works again.',
    },
    {
      id: 'external.database-failover',
      kind: 'must',
      statement:
        'The database has a read replica in another region, or fails over as Postgres can; planned for the future.',
    },
    {
      id: 'external.database-outages-happen',
      kind: 'lesson',
      statement:
        'Outages of Neon that last for hours are expected: there has been a handful of them since its launch.',
    },
  ]),
  ...under(`${level} › Backblaze B2 outage`, [
    {
      id: 'external.uploads-fail',
      kind: 'failure-mode',
      statement: 'In an outage of B2 uploads of images fail.',
    },
    {
      id: 'external.uncached-images-fail',
      kind: 'failure-mode',
      statement:
        'In an outage of B2 images that Cloudflare has cached are still delivered, and only those.',
    },
    {
      id: 'external.images-are-waited-for',
      kind: 'rule',
      statement: 'An outage of B2, which is rare, is waited out.',
    },
    {
      id: 'external.images-cached-long',
      kind: 'must',
      statement:
        'Downloads go through Cloudflare with a long time to live, so that most readers notice no brief outage of B2.',
    },
  ]),
  ...under(`${level} › Fastmail SMTP unreachable`, [
    {
      id: 'external.mail-not-sent',
      kind: 'failure-mode',
      statement:
        'While Fastmail is unreachable the worker sends no transactional email, and loses no job at the first failure.',
    },
    {
      id: 'external.mail-is-retried',
      kind: 'failure-mode',
      statement:
        'Mail jobs are retried by the policy of Asynq, and go out by themselves when Fastmail is back in time.',
    },
    {
      id: 'external.mail-is-given-up',
      kind: 'failure-mode',
      statement: 'A mail job that has used up its retries is given up with an error in the log.',
    },
    {
      id: 'external.mail-is-queued-again',
      kind: 'rule',
      statement:
        'Mail jobs that were given up can be queued again by hand from the UI of Asynq, once it is exposed.',
    },
  ]),
  ...under(`${level} › Gitea registry unreachable`, [
    {
      id: 'external.rollout-waits-for-image',
      kind: 'failure-mode',
      statement:
        'While the image registry is unreachable a rollout stays at pulling the image of its new pods.',
      provenBy: ['newest-templates-run', 'no-pod-is-stuck', 'drill:image-missing'],
    },
    {
      id: 'external.pulled-images-run',
      kind: 'failure-mode',
      statement:
        'Existing pods go on running with the images they have, while the image registry is unreachable.',
      provenBy: ['newest-templates-run', 'drill:image-missing'],
    },
    {
      id: 'external.images-come-back',
      kind: 'rule',
      statement: 'An outage of the image registry is waited out; the rollout then goes on.',
    },
    {
      id: 'external.pull-if-not-present',
      kind: 'must',
      statement:
        'Images are tagged by SHA and pulled with IfNotPresent, so that a restart needs no registry where the node has the image.',
      provenBy: ['images-are-pinned', 'images-start-from-cache'],
    },
  ]),
  ...under(`${level} › Cloudflare DNS failure`, [
    {
      id: 'external.cloudflare-names',
      kind: 'failure-mode',
      statement: 'A failure of the DNS of Cloudflare is handled as the failures at the edge are.',
    },
  ]),
]
