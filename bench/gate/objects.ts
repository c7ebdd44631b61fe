// Sets of manifests of any size: Deployments with their Services, every second Deployment without
// probes.

const probes = `          livenessProbe:
            httpGet: {path: /live, port: 8080}
          readinessProbe:
            httpGet: {path: /ready, port: 8080}
          startupProbe:
            httpGet: {path: /live, port: 8080}
            failureThreshold: 30
`

const deployment = (index: number): string => `---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-${index}
  namespace: demo
  labels:
    app: app-${index}
spec:
  replicas: 2
  selector:
    matchLabels:
      app: app-${index}
  template:
    metadata:
      labels:
        app: app-${index}
    spec:
      containers:
        - name: main
          image: registry.example/app:1.2.${index}
          imagePullPolicy: IfNotPresent
          ports:
            - name: http
              containerPort: 8080
${index % 2 === 0 ? probes : ''}          resources:
            requests:
              cpu: 100m
              memory: 64Mi
            limits:
              memory: 128Mi
`

const service = (index: number): string => `---
apiVersion: v1
kind: Service
metadata:
  name: app-${index}
  namespace: demo
spec:
  selector:
    app: app-${index}
  ports:
    - name: http
      port: 80
      targetPort: http
`

/** A stream of as many objects. */
export const manifestsOf = (objects: number): string =>
  Array.from(
    { length: Math.ceil(objects / 2) },
    (_, index) => `${deployment(index)}${service(index)}`,
  ).join('')
