%% 10,000 processes that all wait for one.
-module(futures_wait_one).
-export([main/0]).

main() ->
    Self = self(),
    Fs = [spawn(fun() -> receive {first, V} -> Self ! {self(), V + N} end end)
          || N <- lists:seq(0, 9999)],
    First = spawn(fun() -> receive {put, V} -> [F ! {first, V} || F <- Fs] end end),
    First ! {put, 1},
    io:format("~p~n", [lists:sum([receive {F, X} -> X end || F <- Fs])]).
