using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;
using Document = Microsoft.OpenApi.OpenApiDocument;

namespace PersonalCareApi.Pipeline;

/// <summary>The headers that answers carry, each described once.</summary>
internal static class AnswerHeaders
{
    private const string AllowOrigin = "Access-Control-Allow-Origin";

    /// <summary>What every answer under /v1 has.</summary>
    private static readonly string[] Everywhere = [RateLimits.PolicyHeader, RateLimits.QuotaHeader, AllowOrigin];

    /// <summary>The headers of one answer of a route; null where it has none.</summary>
    public static Dictionary<string, IOpenApiHeader>? Of(DeclaredRoute route, string status, OperationFilterContext context)
    {
        if (!route.IsLimited)
        {
            return null;
        }

        (string Name, bool Present)[] names =
        [
            ("Access-Decision", route.Use is not null),
            (DisclosureNotice.Header, route.Use is not null),
            ("Link", route.Use is not null),
            ("ETag", route.AnswersWithETag),
            ("Location", status == "201"),
            ("Idempotency-Replayed", route.TakesIdempotencyKey),
        ];
        return Refer([.. names.Where(name => name.Present).Select(name => name.Name), .. Everywhere], context.Document);
    }

    /// <summary>The headers of a problem.</summary>
    public static Dictionary<string, IOpenApiHeader> OfProblem(int status, Document document) => Refer(
        [
            .. status switch
            {
                401 => ["WWW-Authenticate"],
                429 or 503 => ["Retry-After"],
                _ => Array.Empty<string>(),
            },
            .. Everywhere,
        ],
        document);

    public static void AddTo(Document document)
    {
        Add("Access-Decision", "The id of the decision that this answer rests on.", new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" });
        Add(DisclosureNotice.Header, "What 42 CFR 2.32 has every disclosure of substance-use records say.", Text(new Limits { Words = [DisclosureNotice.Text] }));
        Add("Link", "With the notice: where it is explained. With a table: the next page, as rel=\"next\".", Text(new Limits { MaxLength = 2000 }));
        Add("ETag", "The version of the resource, for If-Match and If-None-Match.", Text(ETags.Limits));
        Add("Location", "The address of what was created.", new OpenApiSchema { Type = JsonSchemaType.String, Format = "uri-reference" });
        Add("Idempotency-Replayed", "That this is the answer to an earlier request with the same key.", Text(new Limits { Words = ["true"] }));
        Add("WWW-Authenticate", "How to sign in, and the scope that is missing.", Text(new Limits { MaxLength = 1000 }));
        Add("Retry-After", "How many seconds to wait.", new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "1" });
        Add(RateLimits.PolicyHeader, "Your quota: `q` requests in `w` seconds, for each application and caller.", Text(new Limits { MaxLength = 100 }));
        Add(RateLimits.QuotaHeader, "What is left of it: `r` requests now; all of it again in `t` seconds.", Text(new Limits { MaxLength = 100 }));
        Add(AllowOrigin, "The origin of the calling page, where the operator allows it.", Text(new Limits { MaxLength = 300 }));

        void Add(string name, string description, OpenApiSchema schema) =>
            document.AddComponent<IOpenApiHeader>(name, new OpenApiHeader { Description = description, Schema = schema });
    }

    private static Dictionary<string, IOpenApiHeader> Refer(IEnumerable<string> names, Document document) =>
        names.ToDictionary(name => name, IOpenApiHeader (name) => new OpenApiHeaderReference(name, document));

    private static OpenApiSchema Text(Limits limits)
    {
        var schema = new OpenApiSchema { Type = JsonSchemaType.String };
        limits.Describe(schema);
        return schema;
    }
}
