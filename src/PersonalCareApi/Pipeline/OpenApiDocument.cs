using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.Swagger;
using Swashbuckle.AspNetCore.SwaggerGen;
using Document = Microsoft.OpenApi.OpenApiDocument;

namespace PersonalCareApi.Pipeline;

/// <summary>The published contract, made from the code: the same text wherever and however often it is rendered.</summary>
internal static class OpenApiDocument
{
    /// <summary>The name of the scheme every operation needs, unless it is open to anybody.</summary>
    public const string Bearer = "Bearer";

    private const string Version = "v1";
    private const string DevelopmentSignIn = "DevelopmentSignIn";

    public static IServiceCollection AddOpenApiDocument(this IServiceCollection services)
    {
        services.AddEndpointsApiExplorer();
        // The document follows the options that really read and write.
        services.AddSingleton<ISerializerDataContractResolver>(new JsonSerializerDataContractResolver(Json.Options));
        return services.AddSwaggerGen(Configure);
    }

    /// <summary>The document and Swagger UI, as endpoints: a middleware would answer before anything is authorised.</summary>
    public static void MapOpenApiDocument(this IEndpointRouteBuilder app)
    {
        var development = app.ServiceProvider.GetRequiredService<IHostEnvironment>().IsDevelopment();
        var json = new Lazy<string>(() => Serialise(Make(app.ServiceProvider, withDevelopmentSignIn: development)));
        app.MapHandler(HttpMethods.Get, $"/openapi/{Version}.json", ContentHttpResult () => TypedResults.Content(json.Value, MediaTypes.Json))
            .AllowAnonymous()
            .ExcludeFromDescription()
            .WithMetadata(new NoClientData("The document describes the API; it is made from code."));

        app.MapSwaggerUI("swagger", ui =>
            {
                ui.DocumentTitle = "PersonalCareApi";
                ui.SwaggerEndpoint($"../openapi/{Version}.json", $"PersonalCareApi {Version}");
            })
            .AllowAnonymous()
            .WithMetadata(new NoClientData("Swagger UI is static; what it shows it asks for with the caller's token."))
            .WithContentPolicy("default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
                + "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    }

    /// <summary>The document as it is published, without what is offered in Development only.</summary>
    public static string Render(IServiceProvider services) => Serialise(Make(services, withDevelopmentSignIn: false));

    private static void Configure(SwaggerGenOptions options)
    {
        options.SwaggerDoc(Version, new OpenApiInfo
        {
            Title = "PersonalCareApi",
            Version = Version,
            Description = "The backend of teletherapy platforms: records of care, used only as the client consents.",
        });
        options.AddServer(new OpenApiServer
        {
            Url = "/",
            // For everybody whom a partner's registration admits.
            Extensions = new Dictionary<string, IOpenApiExtension> { ["x-internal"] = new JsonNodeExtension(JsonValue.Create(false)) },
        });
        options.DocInclusionPredicate((_, description) => description.RelativePath is { } path
            && (path.StartsWith("v1/", StringComparison.Ordinal) || path.StartsWith("health/", StringComparison.Ordinal)));

        options.AddSecurityDefinition(Bearer, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT",
            Description = "A token of an issuer that is registered for your organisation, checked by the rules of RFC8725: "
                + "ES256, RS256 or PS256, as pinned for the issuer; iss, aud, exp and nbf.",
        });

        options.MapType<FileContentHttpResult>(() => new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Format = "binary",
            MaxLength = (int)Outgoing.Exports.Archive.Largest,
        });
        options.MapType<decimal>(() => new OpenApiSchema { Type = JsonSchemaType.Number });
        options.MapType<DateOnly>(() => Text("date", "2026-05-04"));
        options.MapType<TimeOnly>(() => Text("time", "09:30:00"));
        options.MapType<DateTimeOffset>(() => Text("date-time", "2026-05-04T09:30:00Z"));
        options.MapType<Guid>(() => Text("uuid", "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d"));

        foreach (var comments in Directory.EnumerateFiles(AppContext.BaseDirectory, "PersonalCareApi*.xml").Order(StringComparer.Ordinal))
        {
            options.IncludeXmlComments(comments);
        }

        options.SchemaFilter<SchemaDescription>();
        options.OperationFilter<OperationDescription>();
        options.DocumentFilter<DocumentDescription>();
    }

    private static Document Make(IServiceProvider services, bool withDevelopmentSignIn)
    {
        using var scope = services.CreateScope();
        var document = scope.ServiceProvider.GetRequiredService<ISwaggerProvider>().GetSwagger(Version);
        if (withDevelopmentSignIn)
        {
            OfferDevelopmentSignIn(document);
        }

        return document;
    }

    private static string Serialise(Document document)
    {
        using var text = new StringWriter { NewLine = "\n" };
        document.SerializeAsV31(new OpenApiJsonWriter(text));
        return text.ToString() + "\n";
    }

    /// <summary>The demo issuer behind Swagger UI's Authorize button, in place of the bearer token.</summary>
    /// <remarks>
    /// Not beside it: the field for a token takes the focus, and the dialog opens scrolled down to it, past the field for
    /// the persona and the words that say what to do.
    /// </remarks>
    private static void OfferDevelopmentSignIn(Document document)
    {
        document.Components!.SecuritySchemes!.Clear();
        document.AddComponent<IOpenApiSecurityScheme>(DevelopmentSignIn, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.OAuth2,
            Description = "Press Authorize to be the practitioner, or name another persona of GET /dev/personas; any password will do. "
                + "Offered in Development only.",
            Flows = new OpenApiOAuthFlows
            {
                Password = new OpenApiOAuthFlow
                {
                    TokenUrl = new Uri("/dev/token", UriKind.Relative),
                    Scopes = new Dictionary<string, string>(),
                },
            },
        });

        foreach (var operation in document.Paths.Values.SelectMany(path => path.Operations?.Values.AsEnumerable() ?? [])
            .Where(operation => operation.Security is { Count: > 0 }))
        {
            operation.Security =
            [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(DevelopmentSignIn, document)] = [] },
            ];
        }
    }

    private static OpenApiSchema Text(string format, string example) =>
        new() { Type = JsonSchemaType.String, Format = format, Examples = [JsonValue.Create(example)] };
}
