// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

type auditModel struct {
	HARFiles    types.Set    `tfsdk:"har_files"`
	Directories types.Set    `tfsdk:"directories"`
	Expect      types.String `tfsdk:"expect"`
	Compliant   types.Bool   `tfsdk:"compliant"`
	Reasons     types.List   `tfsdk:"reasons"`
	Caveats     types.List   `tfsdk:"caveats"`
	Findings    types.List   `tfsdk:"findings"`
	Mentions    types.List   `tfsdk:"mentions"`
	Requests    types.Int64  `tfsdk:"requests"`
	CoveoCalls  types.Int64  `tfsdk:"coveo_calls"`
	Scanned     types.Int64  `tfsdk:"files_scanned"`
	PassedOver  types.Int64  `tfsdk:"files_passed_over"`
}

type findingModel struct {
	Source       string       `tfsdk:"source"`
	Endpoint     string       `tfsdk:"endpoint"`
	Method       string       `tfsdk:"method"`
	Host         string       `tfsdk:"host"`
	Path         string       `tfsdk:"path"`
	Count        int64        `tfsdk:"count"`
	Events       int64        `tfsdk:"events"`
	Recording    bool         `tfsdk:"recording"`
	Certain      bool         `tfsdk:"certain"`
	Identity     []string     `tfsdk:"identity_fields"`
	Anonymous    string       `tfsdk:"anonymous"`
	AnonymizedIP types.String `tfsdk:"anonymized_ip"`
	Capture      types.String `tfsdk:"capture"`
	Proxied      bool         `tfsdk:"proxied"`
	RecognizedBy string       `tfsdk:"recognized_by"`
}

type mentionModel struct {
	Source string   `tfsdk:"source"`
	Kind   string   `tfsdk:"kind"`
	What   string   `tfsdk:"what"`
	Count  int64    `tfsdk:"count"`
	Files  int64    `tfsdk:"files"`
	Names  []string `tfsdk:"examples"`
}

func auditSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "What a search interface sends, and whether that is what was agreed. HAR files, which a browser makes while it uses a page, " +
			"give a verdict. Folders of built bundles give mentions only: what code could do, not what it does.\n\n" +
			"Every call that records usage analytics is looked for: the Write API with its forms and beacons, `collect`, the Event Protocol, queries that Coveo " +
			"records itself (`capture`), and the same at proxies and custom addresses, which their bodies give away. Endpoints are those of the function " +
			"`tracking_endpoints`.\n\n" +
			"**Names of fields come out, never their values**: no identity, no token and no words of a query reach the plan, the state or a message. In " +
			"paths, everything but well-known words is a placeholder.\n\n" +
			"It asks Coveo nothing. The provider block still wants an organization and a token, and any text will do for both, as in the example.",
		Attributes: map[string]schema.Attribute{
			"har_files": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "HAR files, unpacked, of any size. They hold what people did and the tokens they used: make them with test identities, and " +
					"delete them afterwards. A file that is cut or damaged is an error. Relative to where the command line runs.",
			},
			"directories": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Folders of built bundles: HTML, JavaScript, source maps. All text files under them are looked through; symbolic links are not " +
					"followed.",
			},
			"expect": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "What the HAR files should show.\n\n" +
					"* `none`: no event is recorded. Queries may be sent, as long as they do not ask Coveo to record them.\n" +
					"* `anonymous`: what is recorded names nobody. For the Write API each event has `anonymous` set, and no name, user ID or e-mail address in custom " +
					"data. `collect`, the Event Protocol and recorded queries have no such field: there it means no name, user ID or e-mail address in custom data, " +
					"and no access token that shows a user. IDs of browsers remain, as `caveats` says.\n" +
					"* `any`: nothing is judged.",
			},
			"compliant": schema.BoolAttribute{
				Computed: true,
				MarkdownDescription: "Whether the HAR files show what was expected. A call that can record, and whose body the file does not hold or that cannot be read, counts against it. " +
					"Such bodies to places that are not known are a warning and a caveat. Null without HAR files.",
			},
			"reasons": schema.ListAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "Why not: a sentence for each. Empty if `compliant`, null without HAR files.",
			},
			"caveats": schema.ListAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "What `compliant` does not say: what remains in anonymous events, and what Coveo's documents leave open. Null without HAR files.",
			},
			"requests": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "How many requests the HAR files hold. Null without HAR files.",
			},
			"coveo_calls": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "How many of them went to Coveo's services, as far as that can be told. Loading a library from Coveo does not count. Check that it is more than 0: a page that does not even search sends no event, and proves nothing. Null without HAR files.",
			},
			"findings": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "Calls that record, and queries that could, from HAR files. Equal calls are one finding.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"source":    schema.StringAttribute{Computed: true, MarkdownDescription: "The HAR file."},
					"endpoint":  schema.StringAttribute{Computed: true, MarkdownDescription: "Its kind: `write_api`, `collect`, `event_protocol`, or the query that Coveo can record: `search_api`, `commerce_api`, `answer_api`, `case_assist_api`, `insight_api`, `agent_api`. `unknown` is a call to an analytics host of Coveo's at an address that no document names; it counts as recording."},
					"method":    schema.StringAttribute{Computed: true, MarkdownDescription: "The HTTP method, or `WEBSOCKET`."},
					"host":      schema.StringAttribute{Computed: true, MarkdownDescription: "The host, with `{organization}` for an organization's own."},
					"path":      schema.StringAttribute{Computed: true, MarkdownDescription: "The path. Organizations, IDs and all words that are not well-known are placeholders."},
					"count":     schema.Int64Attribute{Computed: true, MarkdownDescription: "How many such calls there are."},
					"events":    schema.Int64Attribute{Computed: true, MarkdownDescription: "How many events they hold: one call may hold several. 0 if they record none."},
					"recording": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether they record, or count as if they did."},
					"certain":   schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether Coveo's documents settle that."},
					"identity_fields": schema.ListAttribute{
						Computed: true, ElementType: types.StringType,
						MarkdownDescription: "The names of fields that have a value: `username`, `userDisplayName`, `userId`, `uid` and `email` name a person; " +
							"`email_in_custom_data` is a value like an e-mail address in what the page added, and `email_elsewhere` one in another place, such as " +
							"the words of a query; `access_token_user` is a token that shows its user. `clientId`, `cid` and `visitorId` tell browsers apart.",
					},
					"anonymous":     schema.StringAttribute{Computed: true, MarkdownDescription: "The field `anonymous` of Write API events: `set`, `not_set`, `mixed`, `unknown`. `not_applicable` for endpoints that have none."},
					"anonymized_ip": schema.StringAttribute{Computed: true, MarkdownDescription: "The field `aip` of `collect`, in the same words. Null for the others."},
					"capture":       schema.StringAttribute{Computed: true, MarkdownDescription: "The switch of a query: `true`, `false`, `absent`, `unknown`. Null for the others."},
					"proxied":       schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the host is not one of Coveo's."},
					"recognized_by": schema.StringAttribute{Computed: true, MarkdownDescription: "`address`, or `body` where only what was sent gave it away."},
				}},
			},
			"mentions": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "What stands in the folders.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"source":   schema.StringAttribute{Computed: true, MarkdownDescription: "The folder."},
					"kind":     schema.StringAttribute{Computed: true, MarkdownDescription: "`endpoint`, `library` or `switch`."},
					"what":     schema.StringAttribute{Computed: true, MarkdownDescription: "What was found, such as `/v15/analytics` or `anonymous: true`. Spellings of bundlers count as the same."},
					"count":    schema.Int64Attribute{Computed: true, MarkdownDescription: "How often."},
					"files":    schema.Int64Attribute{Computed: true, MarkdownDescription: "In how many files."},
					"examples": schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "The first three of them."},
				}},
			},
			"files_scanned":     schema.Int64Attribute{Computed: true, MarkdownDescription: "How many files of the folders were looked through. Null without folders."},
			"files_passed_over": schema.Int64Attribute{Computed: true, MarkdownDescription: "How many were not, because they are no text, or larger than 512 MiB. Null without folders."},
		},
	}
}

// fill turns what was found into attributes.
func (m *auditModel) fill(ctx context.Context, reports []Report, bundles []Bundle, verdict Verdict) diag.Diagnostics {
	var diags diag.Diagnostics
	findings, mentions := []findingModel{}, []mentionModel{}
	list := func(of attr.Type, elements any) types.List {
		value, d := types.ListValueFrom(ctx, of, elements)
		diags.Append(d...)
		return value
	}
	m.Reasons, m.Caveats = types.ListNull(types.StringType), types.ListNull(types.StringType)
	if len(reports) > 0 {
		var requests, calls int64
		for _, r := range reports {
			requests, calls = requests+r.Entries, calls+r.CoveoCalls
			for _, f := range r.Findings {
				findings = append(findings, f.model())
			}
		}
		m.Compliant, m.Requests, m.CoveoCalls = types.BoolValue(verdict.Compliant), types.Int64Value(requests), types.Int64Value(calls)
		m.Reasons, m.Caveats = list(types.StringType, verdict.Reasons), list(types.StringType, verdict.Caveats)
	}
	if len(bundles) > 0 {
		var scanned, passedOver int64
		for _, b := range bundles {
			scanned, passedOver = scanned+b.Scanned, passedOver+b.Binary+b.TooLarge
			for _, at := range b.Mentions {
				mentions = append(mentions, mentionModel{at.Source, string(at.Kind), at.What, at.Count, at.Files, at.Examples})
			}
		}
		m.Scanned, m.PassedOver = types.Int64Value(scanned), types.Int64Value(passedOver)
	}
	attributes := auditSchema().Attributes
	element := func(name string) attr.Type {
		nested, ok := attributes[name].GetType().(types.ListType)
		if !ok {
			return nil
		}
		return nested.ElemType
	}
	m.Findings, m.Mentions = list(element("findings"), findings), list(element("mentions"), mentions)
	return diags
}

func (f Finding) model() findingModel {
	m := findingModel{
		Source: f.Source, Endpoint: string(f.Kind), Method: f.Method, Host: f.Host, Path: f.Path, Count: f.Calls, Events: f.Events,
		Recording: f.Recording, Certain: f.Certain, Identity: []string{}, Anonymous: f.Anonymous, AnonymizedIP: optional(f.AnonymizedIP),
		Capture: optional(f.Capture), Proxied: f.Proxied, RecognizedBy: "address",
	}
	for _, field := range f.Identity {
		m.Identity = append(m.Identity, string(field))
	}
	if f.ByBody {
		m.RecognizedBy = "body"
	}
	return m
}
