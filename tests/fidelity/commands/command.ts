// A kubectl command as an operator types it, and its words as a shell would split them.

export interface Command {
  /**
   * What stands after `kubectl`. `<pod app>` is the name of the first pod of that app in the
   * namespace of the line.
   */
  line: string
  stdin?: string
}

/** Words of a line: spaces part them, quotes hold them together. */
export function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/(?:'[^']*'|"[^"]*"|<[^>]*>|[^\s'"<])+/g)].map(([word]) =>
    word.replaceAll(
      /'([^']*)'|"([^"]*)"/g,
      (_, single?: string, double?: string) => single ?? double ?? '',
    ),
  )
}

/** What the commands are told about, in JSON: kubectl takes it as YAML. */
export const manifest = (object: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(object)

/** A Deployment of one busybox, as the commands that change things have it. */
export function web({
  replicas = 1,
  image = 'busybox:1.37',
  spec = {},
  labels = {},
}: {
  replicas?: number
  image?: string
  spec?: Record<string, unknown>
  labels?: Record<string, string>
} = {}): string {
  return manifest({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop', labels: { app: 'web', ...labels } },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name: 'web',
              image,
              imagePullPolicy: 'IfNotPresent',
              command: ['sh', '-c', 'while true; do sleep 1; done'],
              ports: [{ name: 'http', containerPort: 8080 }],
            },
          ],
        },
      },
      ...spec,
    },
  })
}
