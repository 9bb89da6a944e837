// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/simulator"
)

func (c *client) exports(rest string) string {
	separator := "?"
	if strings.Contains(rest, "?") {
		separator = "&"
	}
	return "/rest/ua/v15/exports" + rest + separator + "org=" + c.ID()
}

const (
	yearFrom = "2026-01-01T00:00:00.000Z"
	yearTo   = "2026-12-31T23:59:59.000Z"
)

func exportOf(filters ...string) fields {
	return fields{"from": yearFrom, "to": yearTo, "commonFilters": append([]string{}, filters...), "filename": "case-7", "description": "case 7"}
}

// download follows the redirect of an export without the bearer, and reads the ZIP.
func (c *client) download(id string) map[string][][]string {
	c.t.Helper()
	noFollow := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	request, _ := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.URL+c.exports("/"+id+"?redirect=true"), nil)
	request.Header.Set("Authorization", "Bearer "+c.token)
	response, err := noFollow.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	location := response.Header.Get("Location")
	if !strings.HasPrefix(location, c.StorageURL) {
		c.t.Fatalf("got %d to %q", response.StatusCode, location)
	}
	request, _ = http.NewRequestWithContext(c.t.Context(), http.MethodGet, location, nil)
	stored, err := http.DefaultClient.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer stored.Body.Close()
	content, _ := io.ReadAll(stored.Body)
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		c.t.Fatal(err)
	}
	files := map[string][][]string{}
	for _, member := range archive.File {
		opened, err := member.Open()
		if err != nil {
			c.t.Fatal(err)
		}
		if files[member.Name], err = csv.NewReader(opened).ReadAll(); err != nil {
			c.t.Fatal(err)
		}
	}
	return files
}

func withPeople(t *testing.T, options simulator.Options) (*client, *clock) {
	t.Helper()
	now := newClock()
	options.Now = now.Now
	c := start(t, options)
	c.Log("alice-google", simulator.Search, 3)
	c.Log("alice-google", simulator.Click, 2)
	c.Log("alice-google", simulator.View, 1)
	c.LogEvents(simulator.EventSpec{UserID: "29fb0d0a-b5eb-4c20-aff0-9d282df11569", Kind: simulator.Search, Values: map[string]string{"country": "France"}},
		simulator.EventSpec{UserID: "bob-saml", Kind: simulator.Custom, Count: 4, VisitorID: "29fb0d0a-b5eb-4c20-aff0-9d282df11569"},
		simulator.EventSpec{UserID: "bob-saml", Kind: simulator.Search, Count: 9, Time: now.Now().AddDate(-1, 0, 0)})
	return c, now
}

func TestExports_Lifecycle(t *testing.T) {
	c, now := withPeople(t, simulator.Options{ExportAfter: time.Minute, ExportExpiresAfter: time.Hour})
	r := c.want(201, "POST", c.exports("/create"), exportOf("userid=='alice-google'"))
	id := r.text("id")
	equal(t, "description", r.text("description"), "case 7")
	equal(t, "tables", fmt.Sprint(r.field("tables")), "[searches clicks custom_events keywords groups]")
	equal(t, "early link", strings.Contains(r.text("downloadLink"), id), true)
	if !r.has("scheduleId") || r.field("scheduleId") != nil {
		t.Error("scheduleId is not null")
	}
	for _, step := range []struct {
		by   time.Duration
		want string
	}{{0, "PENDING"}, {time.Minute - 1, "PENDING"}, {1, "AVAILABLE"}, {time.Hour - 1, "AVAILABLE"}, {1, "EXPIRED"}} {
		now.Advance(step.by)
		equal(t, "status", c.want(200, "GET", c.exports("/"+id), nil).text("status"), step.want)
		switch step.want {
		case "AVAILABLE":
			equal(t, "searches", len(c.download(id)["searches.csv"]), 4)
		default:
			c.want(404, "GET", c.exports("/"+id+"?redirect=true"), nil)
		}
	}
	c.want(204, "DELETE", c.exports("/"+id), nil)
	c.want(404, "DELETE", c.exports("/"+id), nil)
	equal(t, "list", len(c.want(200, "GET", c.exports(""), nil).body), 2)
}

func TestExports_FileHoldsWhatTheFiltersLetThrough(t *testing.T) {
	c, _ := withPeople(t, simulator.Options{})
	for filter, want := range map[string]string{
		"": "5 3 6 5 5", "userid=='alice-google'": "4 3 2 4 4", "userid==\"bob-saml\"": "1 1 5 1 1",
		"(userid=='29fb0d0a-b5eb-4c20-aff0-9d282df11569' OR visitorid=='29fb0d0a-b5eb-4c20-aff0-9d282df11569')": "2 1 5 2 2",
		"userid=='alice-google' AND NOT_INX=='x'": "", "userid!='alice-google'": "2 1 5 2 2", "userid=@'ali'": "4 3 2 4 4",
		"country IN ['France', \"x\"]": "2 1 1 2 2", "userid=~'^bob'": "1 1 5 1 1", "userid=='nobody'": "1 1 1 1 1",
		"username=='alice'": "4 3 2 4 4",
	} {
		filters := []string{}
		if filter != "" {
			filters = append(filters, filter)
		}
		if want == "" {
			c.want(400, "POST", c.exports("/create"), exportOf(filters...))
			continue
		}
		files := c.download(c.want(201, "POST", c.exports("/create"), exportOf(filters...)).text("id"))
		var got []string
		for _, name := range []string{"searches.csv", "clicks.csv", "custom_events.csv", "keywords.csv", "groups.csv"} {
			got = append(got, fmt.Sprint(len(files[name])))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %s, want %s", filter, got, want)
		}
		estimate := c.want(200, "GET", c.exports("/estimate?from="+yearFrom+"&to="+yearTo+"&f="+url.QueryEscape(orTrue(filter))), nil)
		equal(t, "estimate of "+filter, fmt.Sprint(estimate.field("estimates", "searches")), fmt.Sprint(len(files["searches.csv"])-1))
	}
}

func orTrue(filter string) string {
	if filter == "" {
		return "userid!='x'"
	}
	return filter
}

func TestExports_ByQuery(t *testing.T) {
	c, _ := withPeople(t, simulator.Options{})
	id := c.want(201, "POST", c.exports("?from="+yearFrom+"&to="+yearTo+"&tables=SEARCHES&dimensions=userid&dimensions=queryexpression&format=NO_NEWLINE&useDisplayNames=true&f="+url.QueryEscape("userid=='alice-google'")), nil).text("id")
	files := c.download(id)
	equal(t, "files", len(files), 1)
	equal(t, "rows", fmt.Sprint(files["searches.csv"]), "[[User Id Query] [alice-google how to reset a password] [alice-google the \"best\" printer, 2026] [alice-google première ligne]]")
}

func TestExports_Refusals(t *testing.T) {
	c, _ := withPeople(t, simulator.Options{ExportLimit: 1})
	for name, edit := range map[string]fields{
		"period": {"from": yearTo, "to": yearFrom}, "no period": {"from": ""}, "dimension": {"dimensions": []string{"nosuch"}},
		"filter": {"commonFilters": []string{"userid=='a"}}, "filter's dimension": {"commonFilters": []string{"nosuch=='a'"}},
		"filename": {"filename": "é"},
	} {
		body := exportOf()
		maps.Copy(body, edit)
		if r := c.call("POST", c.exports("/create"), body); r.status != 400 {
			t.Errorf("%s: got %d", name, r.status)
		}
	}
	loose := startLoose(t, simulator.Options{})
	loose.want(400, "POST", loose.exports("/create"), fields{"from": yearFrom, "to": yearTo, "tables": []string{"searches"}})
	loose.want(400, "POST", loose.exports("/create"), fields{"from": yearFrom, "to": yearTo, "exportFormat": "PDF"})
	c.want(201, "POST", c.exports("/create"), exportOf())
	if r := c.want(412, "POST", c.exports("/create"), exportOf()); !strings.Contains(r.text("message"), "maximum number of exports") {
		t.Errorf("got %s", r.body)
	}
	c.AddToken("viewer", simulator.Privilege{Owner: "USAGE_ANALYTICS", TargetDomain: "EXPORTS", Type: "VIEW", TargetID: "*"})
	c.as("viewer").want(200, "GET", c.exports(""), nil)
	c.as("viewer").want(403, "POST", c.exports("/create"), exportOf())
	c.as("viewer").want(403, "DELETE", c.exports("/x"), nil)
}

func TestExports_Readings(t *testing.T) {
	type readings = simulator.Readings
	searches := func(filter string) func(*client) string {
		return func(c *client) string {
			r := c.call("GET", c.exports("/estimate?from="+yearFrom+"&to="+yearTo+"&f="+url.QueryEscape(filter)), nil)
			return fmt.Sprint(r.status, r.field("estimates", "searches"))
		}
	}
	field := func(name string) func(*client) string {
		return func(c *client) string {
			return fmt.Sprint(c.want(201, "POST", c.exports("/create"), exportOf()).field(name))
		}
	}
	redirect := func(c *client) string {
		id := c.want(201, "POST", c.exports("/create"), exportOf()).text("id")
		request, _ := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.URL+c.exports("/"+id+"?redirect=true"), nil)
		request.Header.Set("Authorization", "Bearer "+c.token)
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			return err.Error()
		}
		_ = response.Body.Close()
		return fmt.Sprint(response.StatusCode)
	}
	editor := func(c *client) string {
		c.AddToken("editor", simulator.Privilege{Owner: "USAGE_ANALYTICS", TargetDomain: "EXPORTS", Type: "EDIT", TargetID: "*"})
		return fmt.Sprint(c.as("editor").call("POST", c.exports("/create"), exportOf()).status)
	}
	limited := func(c *client) string {
		c.want(201, "POST", c.exports("/create"), exportOf())
		return fmt.Sprint(c.call("POST", c.exports("/create"), exportOf()).status)
	}
	whole := func(c *client) string {
		r := c.want(201, "POST", c.exports("/create"), fields{"from": "2026-02-03T10:00:00.000Z", "to": "2026-02-04T10:00:00.000Z"})
		from, _ := r.field("from").(float64)
		to, _ := r.field("to").(float64)
		return time.Duration(to-from).String() + time.UnixMilli(int64(from)).UTC().Format(" 15:04")
	}
	for name, test := range map[string]struct {
		with    readings
		options simulator.Options
		look    func(*client) string
		got     [2]string // without the reading, with it
	}{
		"unknown dimension":     {readings{IgnoreUnknownDimensions: true}, simulator.Options{}, searches("nosuch=='a'"), [2]string{"400 <nil>", "200 4"}},
		"half unknown":          {readings{IgnoreUnknownDimensions: true}, simulator.Options{}, searches("nosuch=='a' OR userid=='alice-google'"), [2]string{"400 <nil>", "200 3"}},
		"filters ignored":       {readings{IgnoreFilters: true}, simulator.Options{}, searches("userid=='a'"), [2]string{"200 0", "200 4"}},
		"user dimension":        {readings{UserDimension: simulator.UserNameDimension}, simulator.Options{}, searches("username=='alice-google'"), [2]string{"200 0", "200 3"}},
		"whole days":            {readings{WholeDays: true}, simulator.Options{}, whole, [2]string{"86.4ms 10:00", "172.799999ms 00:00"}},
		"late link":             {readings{LateDownloadLink: true}, simulator.Options{ExportAfter: time.Hour}, func(c *client) string { return field("downloadLink")(c)[:5] }, [2]string{"http:", "<nil>"}},
		"legacy link":           {readings{LegacyDownloadLink: true}, simulator.Options{}, func(c *client) string { return field("downloadLink")(c)[:8] }, [2]string{"http://1", "https://"}},
		"redirect":              {readings{ExportRedirectStatus: 302}, simulator.Options{}, redirect, [2]string{"303", "302"}},
		"no redirect":           {readings{NoExportRedirect: true}, simulator.Options{}, redirect, [2]string{"303", "200"}},
		"no CREATE":             {readings{ExportsWithoutCreate: true}, simulator.Options{}, editor, [2]string{"403", "201"}},
		"limit":                 {readings{ExportLimitStatus: 409}, simulator.Options{ExportLimit: 1}, limited, [2]string{"412", "409"}},
		"missing":               {readings{MissingExportStatus: 403}, simulator.Options{}, func(c *client) string { return fmt.Sprint(c.call("GET", c.exports("/x"), nil).status) }, [2]string{"404", "403"}},
		"unknown state":         {readings{UnknownEnums: true}, simulator.Options{ExportAfter: time.Hour}, field("status"), [2]string{"PENDING", "PROCESSING"}},
		"nulls":                 {readings{ExplicitNulls: true}, simulator.Options{}, field("tables"), [2]string{"[searches clicks custom_events keywords groups]", "<nil>"}},
		"an export that failed": {readings{}, simulator.Options{ExportsFail: true}, field("status"), [2]string{"FAILED", "FAILED"}},
		"rows beyond the limit": {readings{}, simulator.Options{ExportRowLimit: 2}, func(c *client) string { return fmt.Sprint(len(c.download(field("id")(c))["searches.csv"])) }, [2]string{"3", "3"}},
		"what the limit says is": {readings{}, simulator.Options{ExportRowLimit: 2}, func(c *client) string {
			return fmt.Sprint(c.want(200, "GET", c.exports("/rowLimit"), nil).field("exportRowCountLimit"))
		}, [2]string{"2", "2"}},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := withPeople(t, test.options)
			equal(t, "without", test.look(c), test.got[0])
			test.options.Readings = test.with
			c, _ = withPeople(t, test.options)
			equal(t, "with", test.look(c), test.got[1])
		})
	}
}

func TestExports_AreUntouchedByAnErasureMadeLater(t *testing.T) {
	c, now := withPeople(t, simulator.Options{SettleAfter: 10 * time.Hour})
	before := c.want(201, "POST", c.exports("/create"), exportOf("userid=='alice-google'")).text("id")
	c.want(202, "DELETE", c.deletionPath("alice-google"), nil)
	now.Advance(5 * time.Hour)
	half := c.want(201, "POST", c.exports("/create"), exportOf("userid=='alice-google'")).text("id")
	now.Advance(5 * time.Hour)
	after := c.want(201, "POST", c.exports("/create"), exportOf("userid=='alice-google'")).text("id")
	for id, rows := range map[string]int{before: 4, half: 3, after: 1} {
		equal(t, "rows", len(c.download(id)["searches.csv"]), rows)
	}
}

func TestStorage_ACredentialFailsTheTest(t *testing.T) {
	fake := &fakeT{}
	c := &client{Server: simulator.Start(fake, simulator.Options{}), t: t, token: simulator.AdminToken}
	id := c.want(201, "POST", c.exports("/create"), exportOf()).text("id")
	c.download(id)
	link := c.DownloadLinks()[0]
	equal(t, "problems", len(c.Problems()), 0)
	for _, attempt := range []struct {
		link, authorization string
		want                int
	}{{link, "Bearer x", 400}, {link + "0", "", 403}, {strings.Split(link, "?")[0], "", 403}, {link, "", 200}} {
		request, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, attempt.link, nil)
		if attempt.authorization != "" {
			request.Header.Set("Authorization", attempt.authorization)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		equal(t, "status", response.StatusCode, attempt.want)
	}
	equal(t, "downloads", c.Downloads(), 5)
	c.ServeDownloads(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	response, err := http.Get(link) //nolint:noctx // a test's own
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	equal(t, "replaced", response.StatusCode, http.StatusTeapot)
	fake.end()
	equal(t, "failures", strings.Join(fake.errors, "\n"), "simulator: a credential reached the storage host")
}

func TestExportSchedules(t *testing.T) {
	c, _ := withPeople(t, simulator.Options{})
	model := fields{
		"frequency": "WEEKLY", "dayOfWeek": "MONDAY", "timezone": "America/Toronto", "description": "weekly", "tables": []string{"SEARCHES"},
		"commonFilters": []string{"country=='Canada'"}, "exportFormat": "EXCEL", "notificationsEmails": []string{"dpo@example.com"},
	}
	r := c.want(201, "POST", c.exports("/schedules"), model)
	id := r.text("id")
	equal(t, "tables", fmt.Sprint(r.field("tables")), "[searches]")
	equal(t, "format", r.has("exportFormat") || r.has("commonFilters"), false)
	model["frequency"], model["dayOfWeek"] = "DAILY", "MONDAY"
	c.want(400, "PUT", c.exports("/schedules/"+id), model)
	delete(model, "dayOfWeek")
	c.want(200, "PUT", c.exports("/schedules/"+id), model)
	equal(t, "frequency", c.want(200, "GET", c.exports("/schedules/"+id), nil).text("frequency"), "DAILY")
	model["timezone"] = "Mars/Olympus"
	c.want(400, "POST", c.exports("/schedules"), model)
	c.AddExport(simulator.ExportSpec{Description: "made", ScheduleID: id})
	equal(t, "exports", c.want(200, "GET", c.exports("/schedules/"+id+"/exports"), nil).text(0, "scheduleId"), id)
	equal(t, "list", c.want(200, "GET", c.exports("/schedules"), nil).text(0, "id"), id)
	c.EditExportSchedule(id, "edited", "WEEKLY", "FRIDAY")
	equal(t, "edited", c.ExportSchedules()[0].DayOfWeek, "FRIDAY")
	c.want(204, "DELETE", c.exports("/schedules/"+id), nil)
	c.want(404, "GET", c.exports("/schedules/"+id), nil)
}

func TestParseFilter(t *testing.T) {
	for text, want := range map[string]string{
		`a=='x'`: "[{a == [x]}]", `a == "x'y"`: "[{a == [x'y]}]", `a=='x\'y\\z'`: `[{a == [x'y\z]}]`, `a==5`: "[{a == [5]}]",
		`(a=='x' OR b=='y') AND c!='z'`: "[{a == [x]} {b == [y]} {c != [z]}]", `a IN ['x', y]`: "[{a IN [x y]}]", `a NOT_IN ["x"]`: "[{a NOT_IN [x]}]",
		`a>=1`: "[{a >= [1]}]", "INX=='x'": "[{INX == [x]}]",
		"": "error", "a": "error", "a==": "error", "a=='x": "error", `a=='x\`: "error", "(a=='x'": "error", "a=='x')": "error", "a=='x' b=='y'": "error",
		"=='x'": "error", "a IN 'x'": "error", "a IN ['x'": "error", "a=='x' AND": "error", "a=='x' OR": "error", "a 'x'": "error", "a==;": "error",
		strings.Repeat("(", 60) + "a==1" + strings.Repeat(")", 60): "error",
	} {
		parsed, err := simulator.ParseFilter(text)
		got := fmt.Sprint(parsed)
		if err != nil {
			got = "error"
		}
		equal(t, text, got, want)
	}
}
