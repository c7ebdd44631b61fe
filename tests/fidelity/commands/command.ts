// A kubectl command as an operator types it, and its words as a shell would split them.

export interface Command {
  /**
   * The words after `kubectl`. `<pod app>` stands for the first pod of that app in the namespace of
   * the line.
   */
  line: string
  stdin?: string
}

/** Splits a line into words: at spaces, except inside quotes. */
export function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/(?:'[^']*'|"[^"]*"|<[^>]*>|[^\s'"<])+/g)].map(([word]) =>
    word.replaceAll(
      /'([^']*)'|"([^"]*)"/g,
      (_, single?: string, double?: string) => single ?? double ?? '',
    ),
  )
}

/** The objects for the commands, in JSON, which kubectl accepts as YAML. */
export const manifest = (object: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(object)

/** A Deployment of one busybox, which the changing commands use. */
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
