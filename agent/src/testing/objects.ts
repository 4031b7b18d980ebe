/** Objects for tests, as they would stand in a release. */

export const configMap = (
  name: string,
  data: Record<string, string> = { key: 'value' },
  namespace = 'default',
) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
})

export const deployment = (name: string, image = 'nginx:1.27', replicas = 2, namespace = 'default') => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'web', image, resources: { limits: { cpu: '1000m', memory: '64Mi' } } }] },
    },
  },
})
