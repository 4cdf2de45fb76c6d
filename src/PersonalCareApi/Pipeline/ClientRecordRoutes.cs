using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Pipeline;

/// <summary>Maps routes under one client's record; each declares its use of the record by the verb it is mapped with.</summary>
internal sealed class ClientRecordRoutes(IEndpointRouteBuilder routes)
{
    public const string Path = "/clients/{clientId:guid}";

    /// <summary>The routes of one resource, all of one category.</summary>
    /// <param name="path">Below the record, such as <c>/assessments</c>.</param>
    /// <param name="category">What every route of it uses.</param>
    /// <param name="tag">Its heading in the document; the path where none is given.</param>
    public CategoryRoutes For(string path, DataCategory category, string? tag = null) =>
        new(routes.MapGroup(Path + path).WithTags(tag ?? path.TrimStart('/')), category);

    /// <summary>The routes of one resource whose items lie in several categories, each decided about in its own.</summary>
    public CategoryRoutes ForAny(string path, IReadOnlyList<DataCategory> categories) =>
        new(routes.MapGroup(Path + path).WithTags(path.TrimStart('/')), categories[0], [.. categories.Skip(1)]);

    /// <summary>A GET about how decisions on the record come out.</summary>
    public RouteHandlerBuilder ReadAboutAccess(string path, Delegate handler, string tag) => AboutAccess(routes.MapHandler(HttpMethods.Get, Path + path, handler), tag);

    /// <summary>A POST that asks how a decision on the record comes out, and writes nothing.</summary>
    public RouteHandlerBuilder AskAboutAccess(string path, Delegate handler, string tag) => AboutAccess(routes.MapHandler(HttpMethods.Post, Path + path, handler), tag);

    /// <summary>A POST that declares an emergency on the record, or ends it: open to who is entitled, related or not.</summary>
    public RouteHandlerBuilder DeclareEmergency(string path, Delegate handler, string tag) =>
        routes.MapHandler(HttpMethods.Post, Path + path, handler).WithTags(tag).RequireAuthorization().WithMetadata(new DeclaresEmergency());

    private static RouteHandlerBuilder AboutAccess(RouteHandlerBuilder route, string tag) =>
        route.WithTags(tag).RequireAuthorization().WithMetadata(new AsksAboutAccess());
}

/// <summary>Routes of one data category under one client's record.</summary>
internal sealed class CategoryRoutes(RouteGroupBuilder group, DataCategory category, IReadOnlyList<DataCategory>? orOf = null)
{
    /// <summary>A GET about emergency accesses, which the partner's auditor reads as well.</summary>
    public RouteHandlerBuilder ReadEmergencies(string pattern, Delegate handler) =>
        group.MapHandler(HttpMethods.Get, pattern, handler).RequireAuthorization()
            .WithMetadata(new RequiresConsent(new DataUse(category, DataAction.Read)) { ReviewsEmergencies = true });

    /// <summary>A POST that reviews an emergency access: by the partner's auditor, or whoever may write here.</summary>
    public RouteHandlerBuilder ReviewEmergency(string pattern, Delegate handler) =>
        group.MapHandler(HttpMethods.Post, pattern, handler).RequireAuthorization()
            .WithMetadata(new RequiresConsent(new DataUse(category, DataAction.Write)) { ReviewsEmergencies = true });

    /// <summary>A GET that reads.</summary>
    public RouteHandlerBuilder Read(string pattern, Delegate handler) =>
        Declare(group.MapHandler(HttpMethods.Get, pattern, handler), DataAction.Read, clientIsAuthor: false);

    /// <summary>A POST that writes.</summary>
    public RouteHandlerBuilder Write(string pattern, Delegate handler, bool clientIsAuthor = false) =>
        Declare(group.MapHandler(HttpMethods.Post, pattern, handler), DataAction.Write, clientIsAuthor);

    /// <summary>A POST that gives data out of the system, to whoever asks.</summary>
    public RouteHandlerBuilder Share(string pattern, Delegate handler) =>
        Declare(group.MapHandler(HttpMethods.Post, pattern, handler), DataAction.Share, clientIsAuthor: false);

    /// <summary>A GET whose answer leaves the system, such as an archive to be kept elsewhere.</summary>
    public RouteHandlerBuilder Fetch(string pattern, Delegate handler) =>
        Declare(group.MapHandler(HttpMethods.Get, pattern, handler), DataAction.Share, clientIsAuthor: false);

    /// <summary>A PATCH that writes.</summary>
    public RouteHandlerBuilder Change(string pattern, Delegate handler, bool clientIsAuthor = false) =>
        Declare(group.MapHandler(HttpMethods.Patch, pattern, handler), DataAction.Write, clientIsAuthor);

    /// <summary>A DELETE, which writes: of what is not yet part of the record, such as a draft.</summary>
    public RouteHandlerBuilder Discard(string pattern, Delegate handler, bool clientIsAuthor = false) =>
        Declare(group.MapHandler(HttpMethods.Delete, pattern, handler), DataAction.Write, clientIsAuthor);

    private RouteHandlerBuilder Declare(RouteHandlerBuilder route, DataAction action, bool clientIsAuthor) =>
        route
            .RequireAuthorization()
            .WithMetadata(new RequiresConsent(new DataUse(category, action)) { ClientIsAuthor = clientIsAuthor, OrOf = orOf ?? [] });
}
