using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;

namespace PersonalCareApi.Pipeline;

/// <summary>Routes whose handlers are compiled when they are first called, and not all of them before the server listens.</summary>
/// <remarks>
/// The framework compiles the binding of every handler when it looks at the endpoints, which was the half of the time to start.
/// All that is said about an endpoint (its metadata, its document, its declared use) is there from the start all the same.
/// </remarks>
internal static class CompiledWhenCalled
{
    /// <summary>Maps a handler as <c>MapMethods</c> does.</summary>
    public static RouteHandlerBuilder MapHandler(this IEndpointRouteBuilder routes, string method, string pattern, Delegate handler)
    {
        var compiled = new Handler(handler);
        var route = routes.MapMethods(pattern, [method], (RequestDelegate)(http => compiled.Invoke(http)));
        route.Add(endpoint => compiled.TakeOver((RouteEndpointBuilder)endpoint));
        return new RouteHandlerBuilder([route]);
    }

    private sealed class Handler(Delegate handler)
    {
        private Lazy<RequestDelegate>? compiled;

        public Task Invoke(HttpContext http) => compiled!.Value(http);

        /// <summary>Adds what the handler says of itself, and takes the filters away from the framework, which would compile for them.</summary>
        public void TakeOver(RouteEndpointBuilder endpoint)
        {
            var filters = endpoint.FilterFactories.ToList();
            endpoint.FilterFactories.Clear();
            endpoint.Metadata.Add(handler.Method);
            foreach (var parameter in handler.Method.GetParameters())
            {
                endpoint.Metadata.Add(new Bound(parameter));
                Populate<ParameterInfo>(typeof(IEndpointParameterMetadataProvider), parameter.ParameterType, parameter, endpoint);
            }

            foreach (var answer in Answers(handler.Method.ReturnType))
            {
                Populate<MethodInfo>(typeof(IEndpointMetadataProvider), answer, handler.Method, endpoint);
            }

            foreach (var attribute in handler.Method.GetCustomAttributes(inherit: true))
            {
                endpoint.Metadata.Add(attribute);
            }

            compiled = new Lazy<RequestDelegate>(() => Compile(endpoint, filters));
        }

        /// <summary>A type that describes itself does so by a static method, which the framework calls by its interface as well.</summary>
        /// <remarks>By a delegate: for each method that is invoked by reflection the runtime compiles a stub.</remarks>
        private static void Populate<T>(Type provider, Type type, T described, EndpointBuilder endpoint)
        {
            if (type.IsAssignableTo(provider))
            {
                type.GetInterfaceMap(provider).TargetMethods.Single().CreateDelegate<Action<T, EndpointBuilder>>()(described, endpoint);
            }
        }

        /// <summary>What a handler may answer, each by itself: <c>Results&lt;…&gt;</c> would invoke them by reflection.</summary>
        private static Type[] Answers(Type returned)
        {
            var type = returned.IsGenericType && returned.GetGenericTypeDefinition() is var task && (task == typeof(Task<>) || task == typeof(ValueTask<>))
                ? returned.GetGenericArguments()[0]
                : returned;
            return type.IsGenericType && type.IsAssignableTo(typeof(INestedHttpResult)) ? type.GetGenericArguments() : [type];
        }

        private RequestDelegate Compile(
            RouteEndpointBuilder endpoint, IEnumerable<Func<EndpointFilterFactoryContext, EndpointFilterDelegate, EndpointFilterDelegate>> filters)
        {
            // One of its own: that of the route is finished.
            var described = new RouteEndpointBuilder(null, endpoint.RoutePattern, endpoint.Order) { ApplicationServices = endpoint.ApplicationServices };
            foreach (var filter in filters)
            {
                described.FilterFactories.Add(filter);
            }

            return RequestDelegateFactory.Create(handler, new RequestDelegateFactoryOptions
            {
                ServiceProvider = endpoint.ApplicationServices,
                RouteParameterNames = endpoint.RoutePattern.Parameters.Select(parameter => parameter.Name),
                ThrowOnBadRequest = endpoint.ApplicationServices.GetRequiredService<IOptions<RouteHandlerOptions>>().Value.ThrowOnBadRequest,
                EndpointBuilder = described,
            }).RequestDelegate;
        }
    }

    /// <summary>What the document is told of a parameter.</summary>
    private sealed class Bound(ParameterInfo parameter) : IParameterBindingMetadata
    {
        public string Name => parameter.Name!;

        public ParameterInfo ParameterInfo => parameter;

        public bool HasBindAsync => parameter.ParameterType.GetMethod("BindAsync", BindingFlags.Public | BindingFlags.Static) is not null;

        public bool HasTryParse => parameter.ParameterType.GetInterface(typeof(IParsable<>).Name) is not null;

        public bool IsOptional => parameter.IsOptional;
    }
}
