using Microsoft.Extensions.Options;

namespace PersonalCareApi.Pipeline;

/// <summary>Routes whose handlers are compiled when they are first called, and not all of them before the server listens.</summary>
/// <remarks>
/// The framework compiles the binding of every handler when it looks at the endpoints, which is a third of the time to start.
/// All that is said about an endpoint (its metadata, its document, its declared use) is there from the start all the same.
/// </remarks>
internal static class CompiledWhenCalled
{
    /// <summary>Maps a handler as <c>MapMethods</c> does.</summary>
    public static RouteHandlerBuilder MapHandler(this IEndpointRouteBuilder routes, string method, string pattern, Delegate handler)
    {
        var compiled = new Handler(handler);
        var route = routes.MapMethods(pattern, [method], (RequestDelegate)(http => compiled.Invoke(http)));
        route.Add(compiled.TakeOver);
        return new RouteHandlerBuilder([route]);
    }

    private sealed class Handler(Delegate handler)
    {
        private Lazy<RequestDelegate>? compiled;

        public Task Invoke(HttpContext http) => compiled!.Value(http);

        /// <summary>Adds what the handler says of itself, and takes the filters away from the framework, which would compile for them.</summary>
        public void TakeOver(EndpointBuilder endpoint)
        {
            endpoint.Metadata.Add(handler.Method);
            foreach (var attribute in handler.Method.GetCustomAttributes(inherit: true))
            {
                endpoint.Metadata.Add(attribute);
            }

            var options = new RequestDelegateFactoryOptions
            {
                ServiceProvider = endpoint.ApplicationServices,
                RouteParameterNames = ((RouteEndpointBuilder)endpoint).RoutePattern.Parameters.Select(parameter => parameter.Name),
                ThrowOnBadRequest = endpoint.ApplicationServices.GetRequiredService<IOptions<RouteHandlerOptions>>().Value.ThrowOnBadRequest,
                EndpointBuilder = endpoint,
            };
            var said = RequestDelegateFactory.InferMetadata(handler.Method, options);
            Func<EndpointFilterFactoryContext, EndpointFilterDelegate, EndpointFilterDelegate>[] filters = [.. endpoint.FilterFactories];
            endpoint.FilterFactories.Clear();
            compiled = new Lazy<RequestDelegate>(() =>
            {
                foreach (var filter in filters)
                {
                    endpoint.FilterFactories.Add(filter);
                }

                return RequestDelegateFactory.Create(handler, options, said).RequestDelegate;
            });
        }
    }
}
