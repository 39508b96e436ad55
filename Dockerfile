# syntax=docker/dockerfile:1
FROM node:24-slim AS console
WORKDIR /build
COPY openapi.json ./
COPY console console
RUN node console/build.js dist

FROM eclipse-temurin:25-jdk AS build
WORKDIR /build
COPY mvnw pom.xml ./
COPY .mvn .mvn
RUN ./mvnw --batch-mode --no-transfer-progress -Dspotless.check.skip dependency:go-offline
COPY src src
COPY --from=console /build/dist target/classes/console
RUN ./mvnw --batch-mode --no-transfer-progress -DskipTests -Dspotless.check.skip -Dconsole.required=true package
COPY bench/image /build/image
# bench/image/check.sh runs these two commands on machines without a container engine.
RUN java -Djarmode=tools -jar target/interlink-gateway-*.jar extract --layers --destination /layers \
 && mkdir /app && cp -r /layers/dependencies/. /layers/spring-boot-loader/. /layers/snapshot-dependencies/. /layers/application/. /app/ \
 && mv /app/interlink-gateway-*.jar /app/gateway.jar
RUN /build/image/train.sh /app

FROM eclipse-temurin:25-jre
RUN useradd --uid 10001 --no-create-home gateway
WORKDIR /app
# The libraries change rarely and the application often, so each has its own layer.
COPY --from=build /app/lib lib
COPY --from=build /app/gateway.jar /app/gateway.aot ./
COPY bench/image/jvm.options ./
USER 10001
ENV SPRING_PROFILES_ACTIVE=kubernetes
EXPOSE 8080
# The root file system may be read-only; Jetty needs a folder of its own: mount one at /tmp. No HEALTHCHECK: Kubernetes
# ignores it, and it would start a JVM each time. Use /actuator/health/liveness.
ENTRYPOINT ["java", "-XX:AOTCache=/app/gateway.aot", "@/app/jvm.options", "-jar", "/app/gateway.jar"]
