using Microsoft.AspNetCore.Authorization;
using PersonalCareApi.Background;
using PersonalCareApi.Outgoing;
using PersonalCareApi.Outgoing.Research;
using PersonalCareApi.Outgoing.Service;
using PersonalCareApi.Partners;
using PersonalCareApi.Records;
using PersonalCareApi.Records.AccessDecisions;
using PersonalCareApi.Records.AccessHistory;
using PersonalCareApi.Records.AllianceCheckIns;
using PersonalCareApi.Records.AssessmentRequests;
using PersonalCareApi.Records.Assessments;
using PersonalCareApi.Records.AssessmentsInProgress;
using PersonalCareApi.Records.CareRelationships;
using PersonalCareApi.Records.Clients;
using PersonalCareApi.Records.Consents;
using PersonalCareApi.Records.Disagreements;
using PersonalCareApi.Records.EmergencyAccesses;
using PersonalCareApi.Records.Erasures;
using PersonalCareApi.Records.Exports;
using PersonalCareApi.Records.Flags;
using PersonalCareApi.Records.Goals;
using PersonalCareApi.Records.Notices;
using PersonalCareApi.Records.Outcomes;
using PersonalCareApi.Records.ProcessNotes;
using PersonalCareApi.Records.Prompts;
using PersonalCareApi.Records.Representatives;
using PersonalCareApi.Records.Restrictions;
using PersonalCareApi.Records.Safeguards;
using PersonalCareApi.Records.SessionNotes;
using PersonalCareApi.Records.Sessions;
using PersonalCareApi.Records.Tasks;
using PersonalCareApi.Reference.Instruments;
using PersonalCareApi.Reference.Modalities;

namespace PersonalCareApi.Pipeline;

/// <summary>Registers the stations of a request and the slices behind them.</summary>
internal static class PipelineRegistration
{
    public static void AddConsentDecision(this IServiceCollection services)
    {
        services.AddAuthorization();
        services.AddScoped<UseOfData>();
        services.AddScoped<IAuthorizationHandler, ConsentHandler>();
        services.AddSingleton<IAuthorizationHandler, ScopeHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, ConsentRefusals>();
        services.AddScoped<AuditTrail>();
        services.AddScoped<Idempotency>();
        services.AddSingleton<ForgottenAnswers>();
        services.AddHostedService(provider => provider.GetRequiredService<ForgottenAnswers>());
        services.AddSingleton<RunningRequests>();
        services.AddSingleton<Cursors>();

        // A handler that takes a grant gets the one that the consent engine made for this request, or none at all.
        services.AddScoped(provider => provider.GetRequiredService<UseOfData>().Grant
            ?? throw new InvalidOperationException("No grant was given for this request."));
    }

    public static void AddSlices(this IServiceCollection services)
    {
        services.AddSingleton(_ => InstrumentLibrary.Load());
        services.AddSingleton<OwnInstrumentRepository>();
        services.AddSingleton<InstrumentShelf>();
        services.AddSingleton<InstrumentLicenceRepository>();
        services.AddSingleton(_ => ModalityLibrary.Load());
        services.AddSingleton<PartnerRepository>();
        services.AddSingleton<IssuerRepository>();
        services.AddSingleton<IssuerRegistration>();
        services.AddSingleton<ApplicationRepository>();
        services.AddSingleton<PractitionerRepository>();
        services.AddSingleton<AuditRepository>();
        services.AddSingleton<VersionRepository>();
        services.AddSingleton<PartnerNames>();
        services.AddSingleton<ConsentWordingRepository>();
        services.AddSingleton<ShownWording>();
        services.AddSingleton<ConsentReceipts>();
        services.AddSingleton<ClientRepository>();
        services.AddSingleton<CareRelationshipRepository>();
        services.AddSingleton<ClientAdmission>();
        services.AddSingleton<Caseload>();
        services.AddSingleton<ConsentRepository>();
        services.AddSingleton<AssessmentRepository>();
        services.AddSingleton<FlagReaders>();
        services.AddSingleton<Administering>();
        services.AddSingleton<Waiting>();
        services.AddSingleton<AssessmentRequestRepository>();
        services.AddSingleton<InProgressRepository>();
        services.AddSingleton<FlagRepository>();
        services.AddSingleton<PromptHomes>();
        services.AddSingleton<PromptRepository>();
        services.AddSingleton<RaisePrompts>();
        services.AddSingleton<IRunsInBackground, EscalateFlag>();
        services.AddSingleton<OutcomeSeries>();
        services.AddSingleton<AccessDecisionRepository>();
        services.AddSingleton<RealCallers>();
        services.AddSingleton<AuthoringByClient>();
        services.AddSingleton<GoalRepository>();
        services.AddSingleton<ProgressRepository>();
        services.AddSingleton<SessionRepository>();
        services.AddSingleton<SessionNoteRepository>();
        services.AddSingleton<AddendumRepository>();
        services.AddSingleton<CheckInRepository>();
        services.AddSingleton<ProcessNoteRepository>();
        services.AddSingleton<AccessHistoryRepository>();
        services.AddSingleton<NoticeRepository>();
        services.AddSingleton<EmergencyAccessRepository>();
        services.AddSingleton<DueReviews>();
        services.AddSingleton<RepresentativeRepository>();
        services.AddSingleton<SafeguardRepository>();
        services.AddRights();
    }

    public static void MapSlices(this IEndpointRouteBuilder app)
    {
        // The filters of every operation: first what surrounds the handler, then what its input must be.
        var v1 = app.MapGroup("/v1").AddEndpointFilter<RouteGroupBuilder, AuditTrailFilter>().AddEndpointFilter<RouteGroupBuilder, Validation>();
        var records = new ClientRecordRoutes(v1);

        v1.MapMe();
        v1.MapIssuers();
        v1.MapApplications();
        v1.MapSettings();
        v1.MapConsentWordings();
        v1.MapPractitioners();
        v1.MapAudit();
        v1.MapInstruments();
        v1.MapOwnInstruments();
        v1.MapInstrumentLicences();
        v1.MapModalities();
        v1.MapClients(records);
        v1.MapCaseload();
        v1.MapTasks();
        records.MapCareRelationships();
        records.MapConsents();
        records.MapAssessments();
        records.MapAssessmentRequests();
        records.MapAssessmentsInProgress();
        v1.MapFlags(records);
        v1.MapPrompts(records);
        records.MapOutcomes();
        records.MapGoals();
        records.MapSessions();
        records.MapSessionNotes();
        records.MapAllianceCheckIns();
        records.MapProcessNotes();
        records.MapAccessHistory();
        records.MapAccessDecisions();
        v1.MapEmergencyAccesses(records);
        records.MapRepresentatives();
        records.MapSafeguards();
        records.MapNotices();
        records.MapExports();
        v1.MapErasures(records);
        v1.MapResearchExtracts();
        v1.MapServiceOutcomes();
        records.MapRestrictions();
        records.MapDisagreements();
    }

    /// <summary>Filters are made once for a route; the audit trail is made for each request.</summary>
    private sealed class AuditTrailFilter : IEndpointFilter
    {
        public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
            context.HttpContext.RequestServices.GetRequiredService<AuditTrail>().Answer(context, next);
    }
}
