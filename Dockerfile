# The API with nothing else in it: no shell, no root, data on a volume.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/PersonalCareApi -c Release -o /app \
 && mkdir /data

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra
WORKDIR /app
COPY --from=build /app .
COPY --from=build --chown=$APP_UID:$APP_UID /data /data
USER $APP_UID
ENV Urls=http://+:8080 Data__Folder=/data
VOLUME /data
EXPOSE 8080
# No shell and no curl in this image: the program asks itself.
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s CMD ["dotnet", "PersonalCareApi.dll", "health", "--url", "http://localhost:8080"]
ENTRYPOINT ["dotnet", "PersonalCareApi.dll"]
